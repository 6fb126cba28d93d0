"""What a renewed certificate says about its renewal and about the first certificate, in words."""

from __future__ import annotations

from lms.certification.awards.attestation import FirstCompletion, Renewal
from lms.foundation.text.i18n import day, ngettext
from lms.foundation.text.i18n import gettext as _


def renewed_by(renewal: Renewal, score: int, safety: bool) -> str:
    """Return what a certificate was renewed by, as one sentence."""
    check = _check_of(renewal, score)
    if safety:
        check += _(", including every safety question")
    if not renewal.lessons:
        return _("Renewed by %(check)s.", check=check)
    lessons = ngettext(
        "one lesson that changed since version %(version)s",
        "%(num)s lessons that changed since version %(version)s",
        renewal.lessons,
        version=renewal.since,
    )
    return _("Renewed by %(lessons)s, and %(check)s.", lessons=lessons, check=check)


def _check_of(renewal: Renewal, score: int) -> str:
    if renewal.scope == "whole":
        return _("%(score)s%% or more of the whole check, taken again", score=score)
    if renewal.scope == "course" or not renewal.lessons:
        return ngettext(
            "%(score)s%% or more of one question across the course",
            "%(score)s%% or more of %(num)s questions across the course",
            renewal.asked,
            score=score,
        )
    return ngettext(
        "%(score)s%% or more of one question on what changed",
        "%(score)s%% or more of %(num)s questions on what changed",
        renewal.asked,
        score=score,
    )


def practised(played: int) -> str:
    """Return that conversations which changed were played for the renewal, or nothing."""
    if not played:
        return ""
    return ngettext(
        "One written practice conversation for the renewal.",
        "%(num)s written practice conversations for the renewal.",
        played,
    )


def first_completed(completion: FirstCompletion) -> str:
    """Return when the first certificate of the cycle was earned, and what stood behind that, as one sentence."""
    return _("First completed on %(first)s", first=first(completion))


def first(completion: FirstCompletion) -> str:
    """Return the same without its beginning, as it stands beside a heading."""
    parts = [_("%(score)s%% or more of the check", score=completion.score)]
    if completion.safety:
        parts[0] += _(", including every safety question")
    if completion.played:
        parts.append(
            ngettext("one written practice conversation", "%(num)s written practice conversations", completion.played)
        )
    return _(
        "%(day)s, version %(version)s: %(what)s.",
        day=day(completion.on),
        version=completion.version,
        what="; ".join(parts),
    )
