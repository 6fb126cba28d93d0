"""What certificates say in words: their clauses, states and dates, for PDF, page and JSON alike."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask import url_for

from lms.certification.awards import lessons_done, renewal_wording
from lms.certification.awards.records import Award
from lms.certification.awards.rules import State
from lms.certification.awards.text import MARK_LENGTH, plain
from lms.certification.keys.qr_payload import Paper
from lms.foundation.config.settings import Settings
from lms.foundation.text.i18n import day, ngettext
from lms.foundation.text.i18n import gettext as _


def _played(facts: dict[str, Any]) -> int:
    """Return how many conversations were played of those that were asked for."""
    return int(facts["practice"] - facts.get("practice_otherwise", 0) - facts.get("practice_waived", 0))


def otherwise(facts: dict[str, Any]) -> list[str]:
    """Return what was known, recognised or exempted, each in a sentence that never says it was passed."""
    return [*_practice_beside(facts), *lessons_done.lessons_beside(facts)]


def _practice_beside(facts: dict[str, Any]) -> list[str]:
    counts = {name: facts.get(name, 0) for name in ("practice_otherwise", "practice_waived")}
    found = [
        counts["practice_otherwise"]
        and ngettext(
            "The programme recognised prior learning in place of one practice conversation.",
            "The programme recognised prior learning in place of %(num)s practice conversations.",
            counts["practice_otherwise"],
        ),
        counts["practice_waived"]
        and ngettext(
            "The programme exempted the learner from one practice conversation.",
            "The programme exempted the learner from %(num)s practice conversations.",
            counts["practice_waived"],
        ),
    ]
    return [words for words in found if words]


def clauses(facts: dict[str, Any]) -> tuple[str, ...]:
    """Return what a certificate attests: one clause for each criterion its course had, and none for the others."""
    found = [lessons_done.length_clause(facts)]
    if renewal_wording.is_renewed(facts):
        return (*found, *_of_renewal(facts), observed_words(facts))
    found += [words for words in (_of_check(facts), lessons_done.lessons_words(facts)) if words]
    if _played(facts):
        found.append(
            ngettext("One written practice conversation.", "%(num)s written practice conversations.", _played(facts))
        )
    return (*found, *otherwise(facts), observed_words(facts))


def _of_check(facts: dict[str, Any]) -> str:
    if facts["safety"]:
        return _("%(score)s%% or more of the check, including every safety question.", score=facts["score"])
    return _("%(score)s%% or more of the check.", score=facts["score"])


def level_words(facts: dict[str, Any]) -> str:
    """Return the level of a certificate, with the day since which somebody is ready to practise."""
    if facts.get("level") == "ready":
        return _("Ready to practise, since %(day)s", day=day(date.fromisoformat(facts["ready_on"])))
    return _("Course completed") if lessons_done.all_lessons_asked(facts) else _("Requirements met")


def observed_words(facts: dict[str, Any]) -> str:
    """Return what practice was observed, by whom and when, or that none was; every form of a certificate says it so."""
    seen = facts.get("observations", [])
    if not seen:
        return _("No practice was observed. This is based on online learning alone.")
    count = ngettext("One practice was observed and signed:", "%(num)s practices were observed and signed:", len(seen))
    signed = [
        _(
            "by %(who)s, %(role)s, on %(day)s",
            who=one["observer"],
            role=role_words(one["role"]),
            day=day(date.fromisoformat(one["on"])),
        )
        if one["observer"]
        else _("on %(day)s", day=day(date.fromisoformat(one["on"])))
        for one in seen
    ]
    return f"{count} {'; '.join(signed)}."


def role_words(role: str) -> str:
    """Return what an observer is in the programme, in words."""
    words = {
        "trainer": _("trainer"),
        "observer": _("observer"),
        "coordinator": _("coordinator"),
        "supervisor": _("supervisor"),
    }
    return words.get(role, role)


def text_words(version: str, digest: str) -> str:
    """Return which text of the course a certificate tells of: its version, and the beginning of its fingerprint."""
    return _("Version %(version)s, fingerprint %(mark)s", version=version, mark=digest[:MARK_LENGTH])


def _of_renewal(facts: dict[str, Any]) -> tuple[str, ...]:
    """Return what a renewal asked for, and what the first certificate rested on; nothing that was not asked."""
    told = (
        renewal_wording.by(facts),
        renewal_wording.practised(_played(facts)),
        *otherwise(facts),
        renewal_wording.first_completed(facts),
    )
    return tuple(words for words in told if words)


def sentence(name: str, facts: dict[str, Any]) -> tuple[str, ...]:
    """Return the same as sentences about the person named, as they stand on paper."""
    if renewal_wording.is_renewed(facts):
        return (*_of_renewal(facts), observed_words(facts))
    share = _("%(name)s answered %(score)s%% or more of the questions correctly", name=name, score=facts["score"])
    if facts["safety"]:
        share += _(", including every safety question")
    if _played(facts):
        share += ngettext(
            ", and completed one practice conversation",
            ", and completed %(num)s practice conversations",
            _played(facts),
        )
    read = lessons_done.lessons_words(facts)
    return (f"{share}.", *([read] if read else []), *otherwise(facts), observed_words(facts))


def asked_rows(facts: dict[str, Any]) -> list[tuple[str, str]]:
    """Return (kind, what stands behind it) for the verification page; what was not asked is said too."""
    if renewal_wording.is_renewed(facts):
        again = " ".join(words for words in (renewal_wording.practised(_played(facts)), *otherwise(facts)) if words)
        return [
            (_("Stage"), level_words(facts)),
            (_("Knowledge"), renewal_wording.by(facts)),
            (_("Practice"), again or _("None needed again")),
            (_("First completed"), renewal_wording.first(facts)),
            (_("Observed practice"), observed_words(facts)),
            lessons_done.length_words(facts),
        ]
    played = _played(facts)
    practised = (
        [ngettext("One written practice conversation", "%(num)s written practice conversations", played)]
        if played
        else []
    )
    read = lessons_done.lessons_words(facts)
    beside = _practice_beside(facts) if read else otherwise(facts)
    # Words that end in a full stop follow one that has none.
    practice = ". ".join([*practised, " ".join(beside)] if beside else practised) or _("None needed")
    return [
        (_("Stage"), level_words(facts)),
        (_("Knowledge"), _of_check(facts)),
        *([(_("Lessons"), " ".join([read, *lessons_done.lessons_beside(facts)]))] if read else []),
        (_("Practice"), practice),
        (_("Observed practice"), observed_words(facts)),
        lessons_done.length_words(facts),
    ]


def fields(award: Award) -> list[tuple[str, str]]:
    """Return everything a certificate attests, field by field, the same for page, JSON and badge."""
    return [*asked_rows(award.facts), (_("Course text"), text_words(award.version, award.digest))]


def verify_address(settings: Settings, code: str) -> str:
    """Return the full address at which anybody can verify a code."""
    return f"{settings.base_url}{url_for('certification.verify', code=code)}"


def badge_address(settings: Settings, code: str) -> str:
    """Return the full address at which everybody has a badge once its holder has opened it."""
    return f"{settings.base_url}{url_for('certification.open_badge', code=code)}"


def square_address(settings: Settings, code: str) -> str:
    """Return the same in capitals, which makes the square on paper smallest."""
    return f"{settings.base_url}/V/{code}".upper()


def paper_of(award: Award) -> Paper:
    """Return what an award's certificate says of itself behind its square."""
    until = award.valid_until.strftime("%Y%m%d") if award.valid_until else ""
    given = award.passed_on.strftime("%Y%m%d")
    return Paper(award.code, given, until, award.version, plain(award.title), plain(award.name))


def status_address(settings: Settings, number: int) -> str:
    """Return the full address of a list of withdrawn badges."""
    return f"{settings.base_url}{url_for('certification.status_list', number=number)}"


def signatories(line: str) -> tuple[tuple[str, str], ...]:
    """Return (who, role) for each signatory of a programme's line: `Ingrid Okafor, peer support lead; …`."""
    named = (each.partition(",") for each in line.split(";") if each.strip())
    return tuple((who.strip(), role.strip()) for who, _comma, role in named if role.strip())


def state_words(state: State, valid_until: date | None) -> tuple[str, str, str]:
    """Return a mark, a short state and a sentence for a certificate."""
    until = day(valid_until) if valid_until else None
    if state == "valid":
        return "ok", _("Valid"), _("Valid until %(day)s", day=until) if until else _("Valid, with no end date")
    if state == "expired":
        return "old", _("Was valid until %(day)s", day=until), _("Was valid until %(day)s", day=until)
    if state == "revoked":
        return "off", _("Withdrawn"), _("Withdrawn by the programme")
    if state == "replaced":
        return "old", _("Replaced"), _("Replaced by a new certificate")
    if state == "waiting":
        return "go", _("Waiting for review"), _("Passed, waiting for the course’s review")
    return "none", _("Unknown"), _("No certificate has this code")


def last_day(award: Award | None) -> str:
    """Return the last day of a certificate in words; nothing where it has none."""
    return day(award.valid_until) if award and award.valid_until else ""


def verdict(state: State, award: Award | None, until: str | None = None) -> tuple[str, str]:
    """Return the heading and lead of the verification page: one text for each of the five states.

    `until` stands for the last day of the certificate where a page keeps a slot for it.
    """
    until = last_day(award) if until is None else until
    if state == "valid" and award and award.renewed_by:
        return _("This certificate is valid"), _(
            "It was issued by the programme below and has since been renewed. The holder has the new code."
        )
    if state == "valid" and until:
        return _("This certificate is valid"), _(
            "It was issued by the programme below and is valid until %(day)s.", day=until
        )
    if state == "valid":
        return _("This certificate is valid"), _("It was issued by the programme below and has no end date.")
    if state == "expired" and award and award.renewed_by:
        return (
            _("This certificate was valid until %(day)s", day=until),
            _("The training did take place, and the certificate has since been renewed. The holder has the new code."),
        )
    if state == "expired" and award and award.raised_to:
        return (
            _("This certificate was valid until %(day)s", day=until),
            _("The training did take place. The holder has a newer certificate, so please ask them for its code."),
        )
    if state == "expired" and award and award.current_for is None:
        return (
            _("This certificate was valid until %(day)s", day=until),
            _("The training did take place, and has since been renewed. The new certificate is waiting for a review."),
        )
    if state == "expired":
        return (
            _("This certificate was valid until %(day)s", day=until),
            _("The training did take place. A refresher was due by then, and our records don’t show one."),
        )
    if state == "revoked":
        return (
            _("This certificate was withdrawn by the programme"),
            _("It’s no longer valid. We don’t publish the reason."),
        )
    if state == "replaced":
        return (
            _("This certificate was replaced by a new one"),
            _("Please ask its holder for the new code."),
        )
    return (
        _("No certificate has this code"),
        _("Usually that’s one mistyped character. Please compare the code with the certificate and enter it again."),
    )


def operator_notices(troubled: int, lists_expired: bool) -> list[str]:
    """Return what those who run the site are told of PDFs that wait and status lists that expired, if there are any."""
    told = []
    if troubled:
        told.append(
            ngettext(
                "We couldn’t make the PDF of %(num)s certificate yet. To see why, run: lms certificates list",
                "We couldn’t make the PDFs of %(num)s certificates yet. To see why, run: lms certificates list",
                troubled,
            )
        )
    if lists_expired:
        told.append(
            _(
                "The signed lists of withdrawn badges have expired because they weren’t signed again for 14 days. Other"
                " sites may not accept our badges until they are, but /verify still answers from our records. Please"
                " check that the job process is running and that the signing keys are in place."
            )
        )
    return told


def as_json(state: State, award: Award | None, code: str, programme: str | None) -> dict[str, Any]:
    """Return what the verification page says, for programmes to read; never more than it."""
    heading, lead = verdict(state, award)
    told: dict[str, Any] = {"code": code, "state": state, "heading": heading, "text": lead}
    if award is None or state == "unknown":
        return told
    told |= {
        "course": award.title,
        "version": award.version,
        "digest": award.digest,
        "programme": programme,
        "awarded_on": award.passed_on.isoformat(),
        "valid_until": award.valid_until.isoformat() if award.valid_until else None,
    }
    if state in {"valid", "expired"}:
        told["level"] = award.level
        told["attests"] = dict(fields(award))
        told["does_not_attest"] = award.facts["does_not_attest"]
        if renewal_wording.is_renewed(award.facts):
            told["first_completed_on"] = award.facts["first"]["on"]
        if award.name_shown:
            told["name"] = award.name
    return told
