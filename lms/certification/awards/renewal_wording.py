"""What a renewed certificate says about its renewal and about the first certificate, in words."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from lms.foundation.text.i18n import day, ngettext
from lms.foundation.text.i18n import gettext as _


def is_renewed(facts: Mapping[str, Any]) -> bool:
    """Return whether a certificate's facts are those of a renewal."""
    return "renewal" in facts


def by(facts: Mapping[str, Any]) -> str:
    """Return what a certificate was renewed by, as one sentence."""
    told = facts["renewal"]
    check = _check_of(told, facts["score"])
    if facts["safety"]:
        check += _(", including every safety question")
    if not told["lessons"]:
        return _("Renewed by %(check)s.", check=check)
    lessons = ngettext(
        "one lesson that changed since version %(version)s",
        "%(num)s lessons that changed since version %(version)s",
        told["lessons"],
        version=told["since"],
    )
    return _("Renewed by %(lessons)s, and %(check)s.", lessons=lessons, check=check)


def _check_of(told: Mapping[str, Any], score: int) -> str:
    if told["scope"] == "whole":
        return _("%(score)s%% or more of the whole check, taken again", score=score)
    if told["scope"] == "course" or not told["lessons"]:
        return ngettext(
            "%(score)s%% or more of one question across the course",
            "%(score)s%% or more of %(num)s questions across the course",
            told["asked"],
            score=score,
        )
    return ngettext(
        "%(score)s%% or more of one question on what changed",
        "%(score)s%% or more of %(num)s questions on what changed",
        told["asked"],
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


def first_completed(facts: Mapping[str, Any]) -> str:
    """Return when the first certificate of the cycle was earned, and what stood behind that, as one sentence."""
    return _("First completed on %(first)s", first=first(facts))


def first(facts: Mapping[str, Any]) -> str:
    """Return the same without its beginning, as it stands beside a heading."""
    before = facts["first"]
    parts = [_("%(score)s%% or more of the check", score=before["score"])]
    if before["safety"]:
        parts[0] += _(", including every safety question")
    played = before["practice"] - before["practice_otherwise"] - before["practice_waived"]
    if played:
        parts.append(ngettext("one written practice conversation", "%(num)s written practice conversations", played))
    return _(
        "%(day)s, version %(version)s: %(what)s.",
        day=day(date.fromisoformat(before["on"])),
        version=before["version"],
        what="; ".join(parts),
    )
