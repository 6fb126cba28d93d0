"""What certificates say in words: their clauses, states and dates, for paper, page and JSON alike."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask import url_for

from lms.certification.records import Award
from lms.certification.rules import State
from lms.foundation.settings import Settings
from lms.foundation.words import day, duration, ngettext
from lms.foundation.words import gettext as _


def _played(facts: dict[str, Any]) -> int:
    """Return how many conversations were played of those that were asked for."""
    return int(facts["practice"] - facts.get("practice_otherwise", 0) - facts.get("practice_waived", 0))


def otherwise(facts: dict[str, Any]) -> list[str]:
    """Return what was met in another way or waived, each in a sentence that never calls it passed."""
    counts = {name: facts.get(name, 0) for name in ("practice_otherwise", "practice_waived")}
    lessons, waived = facts.get("lessons_otherwise", 0), facts.get("lessons_waived", 0)
    found = [
        counts["practice_otherwise"]
        and ngettext(
            "One practice conversation was met in another way, which the programme recorded.",
            "%(num)s practice conversations were met in another way, which the programme recorded.",
            counts["practice_otherwise"],
        ),
        counts["practice_waived"]
        and ngettext(
            "One practice conversation was waived by the programme.",
            "%(num)s practice conversations were waived by the programme.",
            counts["practice_waived"],
        ),
        lessons
        and ngettext(
            "One lesson was met in another way, which the programme recorded.",
            "%(num)s lessons were met in another way, which the programme recorded.",
            lessons,
        ),
        waived
        and ngettext(
            "One lesson was waived by the programme.", "%(num)s lessons were waived by the programme.", waived
        ),
    ]
    return [words for words in found if words]


def clauses(facts: dict[str, Any]) -> tuple[str, ...]:
    """Return what a certificate attests: one clause for each criterion its course had, and none for the others."""
    found = [_("The course is self-paced. Length: %(time)s.", time=duration(facts["minutes"]))]
    if facts["safety"]:
        found.append(_("%(score)s%% or more of the check, including every safety question.", score=facts["score"]))
    else:
        found.append(_("%(score)s%% or more of the check.", score=facts["score"]))
    if _played(facts):
        found.append(
            ngettext("One written practice conversation.", "%(num)s written practice conversations.", _played(facts))
        )
    return (*found, *otherwise(facts))


def sentence(name: str, facts: dict[str, Any]) -> tuple[str, ...]:
    """Return the same as sentences about the person named, as they stand on paper."""
    share = _("%(name)s answered %(score)s%% or more of the questions correctly", name=name, score=facts["score"])
    if facts["safety"]:
        share += _(", including every safety question")
    if _played(facts):
        share += ngettext(
            ", and completed one practice conversation",
            ", and completed %(num)s practice conversations",
            _played(facts),
        )
    return (share + ".", *otherwise(facts))


def asked_rows(facts: dict[str, Any]) -> list[tuple[str, str]]:
    """Return (kind, what stands behind it) for the verification page; what was not asked is said too."""
    knowledge = clauses({**facts, "practice": 0})[1]
    played = _played(facts)
    practised = (
        [ngettext("One written practice conversation", "%(num)s written practice conversations", played)]
        if played
        else []
    )
    beside = otherwise(facts)
    # Words that end in a full stop follow one that has none.
    practice = ". ".join([*practised, " ".join(beside)] if beside else practised) or _("None was asked for")
    observed = (
        ngettext("%(num)s observed practice, signed", "%(num)s observed practices, signed", facts["observed"])
        if facts["observed"]
        else _("None. This certificate rests on online learning alone.")
    )
    return [
        (_("Knowledge"), knowledge),
        (_("Practice"), practice),
        (_("Observed practice"), observed),
        (_("Length"), duration(facts["minutes"])),
    ]


def verify_address(settings: Settings, code: str) -> str:
    """Return the full address at which anybody can verify a code."""
    return f"{settings.base_url}{url_for('certification.verify', code=code)}"


def square_address(settings: Settings, code: str) -> str:
    """Return the same in capitals, which makes the square on paper smallest."""
    return f"{settings.base_url}/V/{code}".upper()


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
        return "ok", _("Valid"), _("Valid until %(day)s", day=until) if until else _("Valid, without an end date")
    if state == "expired":
        return "old", _("Was valid until %(day)s", day=until), _("Was valid until %(day)s", day=until)
    if state == "revoked":
        return "off", _("Withdrawn"), _("Withdrawn by the programme")
    if state == "replaced":
        return "old", _("Replaced"), _("Replaced by a newer certificate")
    if state == "waiting":
        return "go", _("Waiting for review"), _("Passed, waiting for the course’s review")
    return "none", _("Unknown"), _("No certificate has this code")


def verdict(state: State, award: Award | None) -> tuple[str, str]:
    """Return the heading and lead of the verification page: one text for each of the five states."""
    until = day(award.valid_until) if award and award.valid_until else ""
    if state == "valid" and until:
        return _("This certificate is valid"), _(
            "It was issued by the programme below, and is valid until %(day)s.", day=until
        )
    if state == "valid":
        return _("This certificate is valid"), _("It was issued by the programme below, and has no end date.")
    if state == "expired" and award and award.renewed_by:
        return (
            _("This certificate was valid until %(day)s", day=until),
            _("The training it records took place. It was renewed since; its holder has the newer code."),
        )
    if state == "expired":
        return (
            _("This certificate was valid until %(day)s", day=until),
            _("The training it records took place. A refresher was due then, and none is recorded here."),
        )
    if state == "revoked":
        return (
            _("This certificate was withdrawn by the programme"),
            _("It no longer stands. The reason is between the programme and its holder."),
        )
    if state == "replaced":
        return (
            _("This certificate was replaced by a newer certificate"),
            _("Please ask its holder for the code of the newer one."),
        )
    return (
        _("No certificate has this code"),
        _("A letter or a number may have slipped. Please compare it with the certificate and try once more."),
    )


def operator_notices(troubled: int) -> list[str]:
    """Return what those who run the site are told of documents: nothing while all could be made."""
    if not troubled:
        return []
    told = ngettext(
        "The PDF of %(num)s certificate could not be made yet. Why, says: lms certificates list",
        "The PDFs of %(num)s certificates could not be made yet. Why, says: lms certificates list",
        troubled,
    )
    return [told]


def as_json(state: State, award: Award | None, code: str, programme: str | None) -> dict[str, Any]:
    """Return what the verification page says, for programmes to read; never more than it."""
    heading, lead = verdict(state, award)
    told: dict[str, Any] = {"code": code, "state": state, "heading": heading, "text": lead}
    if award is None or state == "unknown":
        return told
    told |= {
        "course": award.title,
        "version": award.version,
        "programme": programme,
        "awarded_on": award.passed_on.isoformat(),
        "valid_until": award.valid_until.isoformat() if award.valid_until else None,
    }
    if state in {"valid", "expired"}:
        told["attests"] = dict(asked_rows(award.facts))
        told["does_not_attest"] = award.facts["does_not_attest"]
        if award.name_shown:
            told["name"] = award.name
    return told
