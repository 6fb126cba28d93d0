"""The path of a course, as its page shows it: modules, lessons, conversations, the check and the certificate."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace

from lms.content.model.conversation import Conversation
from lms.content.model.course import Course
from lms.foundation.text.i18n import duration, ngettext
from lms.foundation.text.i18n import gettext as _
from lms.foundation.web.security import address as url_for
from lms.learning.progress.pages import first_unfinished_lesson, lesson_path, lesson_summary
from lms.learning.progress.renewal_rules import RenewalScope
from lms.learning.progress.rules import Progress


@dataclass(frozen=True)
class Step:
    """One mark on the path of a course."""

    kind: str
    mark: str
    title: str
    meta: str = ""
    url: str = ""
    done: bool = False
    parts: tuple[Step, ...] = ()
    started: bool = False

    @property
    def state_text(self) -> str:
        """Say how far somebody is with it; empty where they haven't started."""
        if self.done:
            return _("Done")
        if self.started:
            return _("In progress")
        return _("You are here") if self.mark == "here" else ""


def mark_started(step: Step, opened: Collection[str]) -> Step:
    """Return a step that says it was started where it, or a part of it, is open."""
    parts = tuple(mark_started(part, opened) for part in step.parts)
    started = bool(step.url) and step.url in opened and step.kind in {"conversation", "check"}
    return replace(step, parts=parts, started=started, mark="started" if started and not step.done else step.mark)


def path_of(
    course: Course,
    progress: Progress,
    enrolled: bool,
    certificate_url: str | None,
    scope: RenewalScope | None = None,
    opened: Collection[str] = (),
    waits: bool = False,
) -> list[Step]:
    """Return the path of a course with its marks; modules stand as headings among them.

    To somebody who renews, `scope` marks what changed, and says how many questions there are. `waits` says that
    certificates are held until the course is reviewed.
    """
    changed = {lesson.id for lesson in scope.changes.lessons} if scope else set()
    here = first_unfinished_lesson(course, progress) if enrolled else None
    if scope:
        here = next((lesson for lesson in scope.changes.lessons if lesson.id not in progress.lessons), None)
    steps: list[Step] = []
    for module in course.modules:
        done = enrolled and all(lesson.id in progress.lessons for lesson in module.lessons)
        heading = _("%(number)s. %(title)s", number=module.number, title=module.title)
        steps.append(Step("module", "dot", heading, done=done))
        for place, lesson in enumerate(module.lessons, 1):
            finished = lesson.id in progress.lessons
            mark = "done" if finished else "here" if lesson is here else "next"
            meta = lesson_summary(lesson)
            if lesson.id in changed:
                meta = f"{_('Changed since you earned your certificate.')} {meta}"
            title = _("%(number)s %(title)s", number=f"{module.number}.{place}", title=lesson.title)
            steps.append(Step("lesson", mark, title, meta, lesson_path(course, lesson), finished))
    steps += _conversations(course, progress)
    check = url_for("learning.check", course=course.id)
    asked, passed = scope.draw if scope else course.criteria.draw, progress.passed and not scope
    meta = ngettext("%(num)s question, no time limit", "%(num)s questions, no time limit", asked)
    steps.append(Step("check", "done" if passed else "check", _("Knowledge check"), meta, check, passed))
    meta = _("We issue it once you’ve done everything it needs")
    if waits:
        meta = _("We issue it once you’ve done everything it needs and this version has been reviewed")
    steps.append(Step("cert", "cert", _("Your certificate"), meta, certificate_url or "", bool(certificate_url)))
    return [mark_started(step, opened) for step in steps]


def _conversations(course: Course, progress: Progress) -> list[Step]:
    """Return the practice conversations; those that are contacts of one arc stand together, where the first stands."""
    one_by_one = {
        conversation.id: _conversation(course, conversation, progress) for conversation in course.conversations
    }
    arcs = {arc.contacts[0]: arc for arc in course.arcs if arc.contacts}
    within = {id for arc in course.arcs for id in arc.contacts}
    steps: list[Step] = []
    for id, step in one_by_one.items():
        if id in arcs:
            parts = tuple(one_by_one[contact] for contact in arcs[id].contacts)
            meta = ngettext("%(num)s contact with one colleague", "%(num)s contacts with one colleague", len(parts))
            done = all(part.done for part in parts)
            steps.append(Step("arc", "done" if done else "conversation", arcs[id].title, meta, done=done, parts=parts))
        elif id not in within:
            steps.append(step)
    return steps


def _conversation(course: Course, conversation: Conversation, progress: Progress) -> Step:
    done = conversation.id in progress.practised
    meta = _("Practice conversation. %(time)s", time=duration(conversation.minutes))
    url = url_for("learning.conversation", course=course.id, conversation=conversation.id)
    return Step("conversation", "done" if done else "conversation", conversation.title, meta, url, done)
