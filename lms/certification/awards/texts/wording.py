"""What certificates say in words: their clauses, states and dates, for PDF, page and JSON alike."""

from __future__ import annotations

from typing import Any

from lms.certification.awards.attestation import Attestation, Renewal
from lms.certification.awards.records import Award
from lms.certification.awards.rules import State
from lms.certification.awards.texts import lessons_done, name_wording, renewal_wording, state_wording
from lms.certification.awards.texts.text import MARK_LENGTH, plain
from lms.certification.keys.qr_payload import QrPayload
from lms.foundation.text.i18n import day, ngettext
from lms.foundation.text.i18n import gettext as _


def otherwise(attested: Attestation) -> list[str]:
    """Return what was known, recognised or exempted, each in a sentence that never says it was passed."""
    return [*_practice_beside(attested), *lessons_done.lessons_beside(attested)]


def _practice_beside(attested: Attestation) -> list[str]:
    recognised, exempted = attested.practice_otherwise, attested.practice_waived
    found = [
        recognised
        and ngettext(
            "The programme recognised prior learning in place of one practice conversation.",
            "The programme recognised prior learning in place of %(num)s practice conversations.",
            recognised,
        ),
        exempted
        and ngettext(
            "The programme exempted the learner from one practice conversation.",
            "The programme exempted the learner from %(num)s practice conversations.",
            exempted,
        ),
    ]
    return [words for words in found if words]


def clauses(attested: Attestation) -> tuple[str, ...]:
    """Return what a certificate attests: one clause for each criterion its course had, and none for the others."""
    found = [lessons_done.length_clause(attested)]
    if attested.renewal:
        return (*found, *_of_renewal(attested, attested.renewal), observed_words(attested))
    found += [words for words in (_of_check(attested), lessons_done.lessons_words(attested)) if words]
    if attested.played:
        found.append(
            ngettext("One written practice conversation.", "%(num)s written practice conversations.", attested.played)
        )
    return (*found, *otherwise(attested), observed_words(attested))


def _of_check(attested: Attestation) -> str:
    if attested.safety:
        return _("%(score)s%% or more of the check, including every safety question.", score=attested.score)
    return _("%(score)s%% or more of the check.", score=attested.score)


def level_words(attested: Attestation) -> str:
    """Return the level of a certificate, with the day since which somebody is ready to practise."""
    if attested.ready_on:
        return _("Ready to practise, since %(day)s", day=day(attested.ready_on))
    return _("Course completed") if attested.all_lessons_asked else _("Requirements met")


def observed_words(attested: Attestation) -> str:
    """Return what practice was observed, by whom and when, or that none was; every form of a certificate says it so."""
    observations = attested.observations
    if not observations:
        return _("No practice was observed. This is based on online learning alone.")
    count = ngettext(
        "One practice was observed and signed:", "%(num)s practices were observed and signed:", len(observations)
    )
    signed = [
        _(
            "by %(who)s, %(role)s, on %(day)s",
            who=each.observer,
            role=role_words(each.role),
            day=day(each.on),
        )
        if each.observer
        else _("on %(day)s", day=day(each.on))
        for each in observations
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


def _of_renewal(attested: Attestation, renewal: Renewal) -> tuple[str, ...]:
    """Return what a renewal asked for, and what the first certificate rested on; nothing that was not asked."""
    parts = (
        renewal_wording.renewed_by(renewal, attested.score, attested.safety),
        renewal_wording.practised(attested.played),
        *otherwise(attested),
        renewal_wording.first_completed(renewal.first),
    )
    return tuple(words for words in parts if words)


def sentence(name: str, attested: Attestation) -> tuple[str, ...]:
    """Return the same as sentences about the person named, as they stand on paper."""
    if attested.renewal:
        return (*_of_renewal(attested, attested.renewal), observed_words(attested))
    share = _("%(name)s answered %(score)s%% or more of the questions correctly", name=name, score=attested.score)
    if attested.safety:
        share += _(", including every safety question")
    if attested.played:
        share += ngettext(
            ", and completed one practice conversation",
            ", and completed %(num)s practice conversations",
            attested.played,
        )
    read = lessons_done.lessons_words(attested)
    return (f"{share}.", *([read] if read else []), *otherwise(attested), observed_words(attested))


def asked_rows(attested: Attestation) -> list[tuple[str, str]]:
    """Return (kind, what stands behind it) for the verification page; what was not asked is said too."""
    if attested.renewal:
        again = " ".join(words for words in (renewal_wording.practised(attested.played), *otherwise(attested)) if words)
        return [
            (_("Stage"), level_words(attested)),
            (_("Knowledge"), renewal_wording.renewed_by(attested.renewal, attested.score, attested.safety)),
            (_("Practice"), again or _("None needed for the renewal")),
            (_("First completed"), renewal_wording.first(attested.renewal.first)),
            (_("Observed practice"), observed_words(attested)),
            lessons_done.length_words(attested),
        ]
    played = attested.played
    practised = (
        [ngettext("One written practice conversation", "%(num)s written practice conversations", played)]
        if played
        else []
    )
    read = lessons_done.lessons_words(attested)
    beside = _practice_beside(attested) if read else otherwise(attested)
    # Words that end in a full stop follow one that has none.
    practice = ". ".join([*practised, " ".join(beside)] if beside else practised) or _("None needed")
    return [
        (_("Stage"), level_words(attested)),
        (_("Knowledge"), _of_check(attested)),
        *([(_("Lessons"), " ".join([read, *lessons_done.lessons_beside(attested)]))] if read else []),
        (_("Practice"), practice),
        (_("Observed practice"), observed_words(attested)),
        lessons_done.length_words(attested),
    ]


def fields(award: Award) -> list[tuple[str, str]]:
    """Return everything a certificate attests, field by field, the same for page, JSON and badge."""
    return [*asked_rows(award.attestation), (_("Course text"), text_words(award.version, award.digest))]


def qr_payload_of(award: Award) -> QrPayload:
    """Return what the QR code of an award's certificate says."""
    until = award.valid_until.strftime("%Y%m%d") if award.valid_until else ""
    given = award.passed_on.strftime("%Y%m%d")
    return QrPayload(award.code, given, until, award.version, plain(award.title), plain(award.name))


def signatories(line: str) -> tuple[tuple[str, str], ...]:
    """Return (who, role) for each signatory of a programme's line: `Ingrid Okafor, peer support lead; …`."""
    named = (each.partition(",") for each in line.split(";") if each.strip())
    return tuple((who.strip(), role.strip()) for who, _comma, role in named if role.strip())


def operator_notices(troubled: int, lists_expired: bool) -> list[str]:
    """Return what those who run the site are told of PDFs that wait and status lists that expired, if there are any."""
    notices = []
    if troubled:
        notices.append(
            ngettext(
                "We couldn’t make the PDF of %(num)s certificate yet. To see why, run: lms certificates list",
                "We couldn’t make the PDFs of %(num)s certificates yet. To see why, run: lms certificates list",
                troubled,
            )
        )
    if lists_expired:
        notices.append(
            _(
                "The signed lists of withdrawn badges have expired because they weren’t signed again for 14 days. Other"
                " sites may not accept our badges until they are, but /verify still answers from our records. Please"
                " check that the job process is running and that the signing keys are in place."
            )
        )
    return notices


def as_json(state: State, award: Award | None, code: str, programme: str | None, zone: str = "UTC") -> dict[str, Any]:
    """Return what the verification page says, for programmes to read; never more than it."""
    heading, lead = state_wording.verdict(state, award)
    answer: dict[str, Any] = {"code": code, "state": state, "heading": heading, "text": lead}
    if award is None or state == "unknown":
        return answer
    answer |= {
        "course": award.title,
        "version": award.version,
        "digest": award.digest,
        "programme": programme,
        "awarded_on": award.passed_on.isoformat(),
        "valid_until": award.valid_until.isoformat() if award.valid_until else None,
    }
    if state in {"valid", "expired"}:
        answer["level"] = award.level
        answer["attests"] = dict(fields(award))
        attested = award.attestation
        answer["does_not_attest"] = attested.does_not_attest
        if attested.renewal:
            answer["first_completed_on"] = attested.renewal.first.on.isoformat()
        if award.name_shown:
            answer["name"] = award.name
        confirmed = name_wording.day_confirmed(award.name_confirmed_at, zone)
        answer["name_confirmed_on"] = confirmed.isoformat() if confirmed else None
    return answer
