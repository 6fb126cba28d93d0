"""What the publish page shows: what blocks, the steps to choose from, and what each does to whom."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from lms.accounts.records import get_programme
from lms.accounts.rules import missing_contact
from lms.authoring.drafts.pages import people_words
from lms.authoring.drafts.records import Draft
from lms.authoring.publishing import records
from lms.authoring.publishing.actions import known_version, read_as
from lms.authoring.publishing.comparison_pages import Comparison, shown
from lms.authoring.publishing.rules import FIRST, next_versions
from lms.content.comparison.compare import compare
from lms.content.comparison.versions import STEPS, Reason, Step, Suggestion, suggest
from lms.content.model.changes import changes_between
from lms.content.model.course import Course
from lms.content.model.report import Finding
from lms.foundation import clock
from lms.foundation.text.i18n import gettext as _
from lms.foundation.text.i18n import ngettext
from lms.library.course_cache import private_courses
from lms.library.records import find_newest_digest, find_owner, find_version_by_digest, list_newest_ranks, list_reviews
from lms.library.rules import may_publish, missing_reviews, needed_reviews


@dataclass(frozen=True)
class Choice:
    """A version that the draft can become: what it's called, and what it does to whom in full sentences."""

    step: Step
    version: str
    title: str
    lines: tuple[str, ...]
    is_suggested: bool


@dataclass(frozen=True)
class PublishPage:
    """Everything the page needs; with `blocks` or `problems` nothing can be published yet."""

    blocks: tuple[str, ...]
    problems: tuple[Finding, ...]
    course: Course | None
    known: Course | None
    comparison: Comparison | None
    reasons: tuple[str, ...]
    choices: tuple[Choice, ...]
    passed_by: str | None = None
    whom: tuple[str, ...] = ()

    @property
    def is_first(self) -> bool:
        """True when nobody has published the course yet."""
        return self.known is None


def publish_page(draft: Draft, is_operator: bool, zone: str) -> PublishPage:
    """Return the page of a draft that may be published."""
    reading = read_as(draft, FIRST)
    problems = tuple(finding for finding in reading.findings if finding.severity == "error")
    course = reading.course
    if course is None or problems:
        return PublishPage((), problems, None, None, None, (), ())
    blocks = tuple(_blocks(draft, course.id, is_operator))
    known = known_version(draft, course.id)
    versions = next_versions(known.version if known else None, list_newest_ranks(course.id))
    if known is None:
        only = Choice("major", versions["major"], first_title(versions["major"]), _needed(course), is_suggested=True)
        return PublishPage(blocks, (), course, None, None, (), (only,))
    differences = compare(known, course)
    if all(one.is_untouched for one in differences):
        blocks = (*blocks, _("Nothing differs from version %(version)s.", version=known.version))
    suggestion = suggest(known, course, differences)
    people = People.of(known, zone)
    choices = tuple(
        Choice(
            step,
            versions[step],
            step_title(step, versions[step]),
            (*_effects(step, known, course, people), *_reviews(step, known, course)),
            step == suggestion.step,
        )
        for step in STEPS
        if step in versions
    )
    seen, passed, whom = shown(differences), _passed_by(draft, known), _whom(known, people)
    return PublishPage(blocks, (), course, known, seen, reason_words(suggestion), choices, passed, whom)


def _passed_by(draft: Draft, known: Course) -> str | None:
    """Return the version that was published since a draft was started, so that publishing could undo it."""
    if draft.base_digest in {None, known.digest}:
        return None
    base = find_version_by_digest(known.id, draft.base_digest or "")
    return known.version if base and base.version != known.version else None


def _blocks(draft: Draft, course_id: str, is_operator: bool) -> list[str]:
    """Return why a draft without problems can't be published from here, each with the way on."""
    found = []
    if missing_contact(get_programme(draft.programme_id).facts):
        found.append(
            _(
                "Learners need somebody to talk to. Before anything can be published, a coordinator has to fill in "
                "who that is, how to reach them and how soon they reply, under “Contacts” in the programme’s "
                "settings."
            )
        )
    published = find_newest_digest(course_id) is not None
    if not may_publish(find_owner(course_id), draft.programme_id, is_operator, published=published):
        found.append(
            _(
                "The course %(course)s doesn’t belong to this programme. To publish your text as a course of your own, "
                "give it another “id” in course.md. Or ask the people who run this site to hand the course over.",
                course=course_id,
            )
        )
    return found


@dataclass(frozen=True)
class People:
    """How many people a new version concerns, in words that name no small group."""

    on_line: str
    elsewhere: bool
    holders: str

    @classmethod
    def of(cls, known: Course, zone: str) -> People:
        """Count over all programmes; in a private course, nobody is counted."""
        if known.id in private_courses():
            return cls(_("We don’t count people in a private course."), True, "")
        middle = records.count_in_middle(known.id)
        holders = records.count_holders(known.id, clock.today(zone))
        return cls(
            people_words(middle.get(known.minor_line, 0)),
            any(line != known.minor_line for line in middle),
            people_words(holders),
        )


def first_title(version: str) -> str:
    """Return how the first version is called."""
    return _("Version %(version)s, the first one", version=version)


def step_title(step: Step, version: str) -> str:
    """Return how a step is called."""
    return {
        "patch": _("Version %(version)s, a correction", version=version),
        "minor": _("Version %(version)s, changed content", version=version),
        "major": _("Version %(version)s, a new edition", version=version),
    }[step]


def _effects(step: Step, known: Course, course: Course, people: People) -> list[str]:
    """Return what people in the middle of the course see of a version, and people who hold a certificate."""
    if step == "patch":
        found = [_("People in the middle of version %(line)s read it at once.", line=known.minor_line)]
        if people.elsewhere:
            found.append(_("People on older versions keep their text."))
        return [*found, _("For people with a certificate, nothing changes.")]
    middle = _("People in the middle of the course stay on their version. The course page offers them this one.")
    return [middle, _to_holders(step, len(changes_between(known, course).lessons))]


def _to_holders(step: Step, lessons: int) -> str:
    if step == "minor":
        return _("People with a certificate see a line about it on the course page.")
    return ngettext(
        "People with a certificate keep it. They can do the %(num)s lesson that changed, with its questions, for a "
        "certificate of this edition.",
        "People with a certificate keep it. They can do the %(num)s lessons that changed, with their questions, for a "
        "certificate of this edition.",
        lessons,
    )


def _whom(known: Course, people: People) -> tuple[str, ...]:
    """Return how many people a new version concerns, and what is so whichever it is."""
    if people.holders:
        counts = [
            _("In the middle of version %(line)s: %(people)s.", line=known.minor_line, people=people.on_line),
            _("With a valid certificate: %(people)s.", people=people.holders),
        ]
    else:
        counts = [people.on_line]
    return (*counts, _("Whoever has a check open finishes it as it was. Nobody gets an email."))


def _reviews(step: Step, known: Course, course: Course) -> tuple[str, ...]:
    """Return whether the reviews of the present version carry over."""
    carried = {row.role for row in list_reviews(known.id, known.digest) if step == "patch" and row.covers_patches}
    return _needed(course, carried) or (_("Its reviews carry over, as they cover later corrections."),)


def _needed(course: Course, carried: Collection[str] = ()) -> tuple[str, ...]:
    """Return which reviews a version needs before its certificates are issued."""
    missing = missing_reviews(needed_reviews(course), carried)
    names = {"clinical": _("clinical"), "peer": _("peer support"), "legal": _("legal")}
    roles = ", ".join(names[role] for role in missing)
    words = _(
        "It needs reviews: %(roles)s. In programmes that ask for reviews first, certificates are held until these are "
        "recorded.",
        roles=roles,
    )
    return (words,) if missing else ()


def reason_words(suggestion: Suggestion) -> tuple[str, ...]:
    """Return why a step is suggested."""
    if suggestion.step == "patch":
        return (_("Only wording changed, and little of it in each lesson."),)
    return tuple(_reason(reason) for reason in suggestion.reasons)


def _reason(reason: Reason) -> str:
    return _facts().get(reason.code) or _counted(reason.code, reason.count)


def _facts() -> Mapping[str, str]:
    return {
        "objectives": _("The objectives differ, so certificates will say something else."),
        "asks for more": _("The course asks for more before a certificate is issued."),
        "certificate": _("What the certificate says, or how long it’s valid, differs."),
        "asks for something else": _("The certificate asks for something different."),
    }


def _counted(code: str, count: int) -> str:
    """Return a reason that counts pieces."""
    words = {
        "most lessons": lambda: ngettext(
            "%(num)s lesson is new or largely rewritten, which is most of the course.",
            "%(num)s lessons are new or largely rewritten, which is most of the course.",
            count,
        ),
        "lesson rewritten": lambda: ngettext(
            "%(num)s lesson is largely rewritten.", "%(num)s lessons are largely rewritten.", count
        ),
        "key": lambda: ngettext(
            "%(num)s question has different right answers.", "%(num)s questions have different right answers.", count
        ),
        "content notes": lambda: ngettext(
            "%(num)s lesson names a hard topic that it didn’t name before.",
            "%(num)s lessons name a hard topic that they didn’t name before.",
            count,
        ),
        "lesson added": lambda: ngettext("%(num)s lesson is new.", "%(num)s lessons are new.", count),
        "lesson removed": lambda: ngettext("%(num)s lesson is gone.", "%(num)s lessons are gone.", count),
        "conversation added": lambda: ngettext("%(num)s conversation is new.", "%(num)s conversations are new.", count),
        "conversation removed": lambda: ngettext(
            "%(num)s conversation is gone.", "%(num)s conversations are gone.", count
        ),
        "question added": lambda: ngettext("%(num)s question is new.", "%(num)s questions are new.", count),
        "question removed": lambda: ngettext("%(num)s question is gone.", "%(num)s questions are gone.", count),
    }
    return words[code]()
