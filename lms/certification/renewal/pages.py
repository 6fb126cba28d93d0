"""The renewal state of a certificate in words, and its history, from which nothing is deleted."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby
from typing import Any

from flask import url_for

from lms.certification.awards.actions import state_of, today_in
from lms.certification.awards.records import Award
from lms.certification.awards.texts import state_wording, wording
from lms.certification.awards.validity import stage_of
from lms.certification.renewal.actions import Kind, RenewalStatus, renewal_status, rule_of
from lms.foundation.config.settings import Settings
from lms.foundation.text.i18n import day, ngettext
from lms.foundation.text.i18n import gettext as _
from lms.learning.progress.renewal_pages import questions_words


@dataclass(frozen=True)
class RenewalNews:
    """What pages say to somebody whose certificate can be renewed, or whose course has gone on."""

    kind: Kind
    mark: str
    in_short: str
    version: str
    new: tuple[str, ...]
    changed: tuple[str, ...]
    conversations: tuple[str, ...]
    asked: tuple[str, ...]
    minutes: int
    until: date | None
    next_until: date | None
    held: bool


def words_of(award: Award, settings: Settings) -> tuple[str, str, str]:
    """Return a mark, a short state and a sentence for a holder's certificate, with its place in the cycle."""
    state = state_of(award, settings)
    words = state_wording.state_words(state, award.valid_until)
    if award.name_waits_since:
        return words[0], _("Name to be confirmed"), _("Passed, waiting for the name to be confirmed")
    if state not in {"valid", "expired"} or award.valid_until is None or award.raised_to:
        return words
    until = day(award.valid_until)
    if award.renewed_by:
        since = _("Renewed. This one is valid until %(day)s", day=until)
        past = _("Renewed. This one was valid until %(day)s", day=until)
        return "old", _("Renewed"), since if state == "valid" else past
    if award.current_for is None:
        # The one that follows it waits for a review.
        return words
    rule = rule_of(award)
    stage = stage_of(rule, award.valid_until, today_in(award.programme_id, settings))
    if stage == "expiring":
        return "soon", _("Can be renewed"), _("Valid until %(day)s. It can be renewed now", day=until)
    if stage == "in grace":
        grace = day(award.valid_until + timedelta(days=rule.grace_days))
        sentence = _("Was valid until %(day)s. Grace period until %(grace)s", day=until, grace=grace)
        return "soon", _("Grace period until %(day)s", day=grace), sentence
    if stage == "lapsed":
        return "old", words[1], _("Was valid until %(day)s. You can renew it whenever you like", day=until)
    return words


def news_words(award: Award, settings: Settings) -> RenewalNews | None:
    """Return what pages say of a certificate that stands, when there is something to say."""
    news = renewal_status(award, settings)
    if news is None:
        return None
    mark, in_short = _in_short(news, award, settings)
    changes = news.scope.changes
    return RenewalNews(
        news.kind,
        mark,
        in_short,
        news.course.version,
        tuple(lesson.title for lesson in changes.new),
        tuple(lesson.title for lesson in changes.changed),
        tuple(conversation.title for conversation in changes.conversations),
        _asked(news),
        news.minutes,
        news.until,
        news.next_until,
        news.held,
    )


def _in_short(news: RenewalStatus, award: Award, settings: Settings) -> tuple[str, str]:
    if news.kind == "under way":
        return "go", _("You’re renewing it")
    if news.kind == "renewal":
        mark, _short, sentence = words_of(award, settings)
        return mark, sentence
    if news.kind == "edition":
        return "ok", _("Finished. There’s a newer edition: version %(version)s", version=news.course.version)
    return "ok", _("Finished. There’s a newer version: %(version)s", version=news.course.version)


def _asked(news: RenewalStatus) -> tuple[str, ...]:
    """Return what renewing asks for, a line for each thing."""
    lessons, scope = len(news.scope.changes.lessons), news.scope
    found = [
        lessons
        and ngettext(
            "The lesson that changed, full or gentler version",
            "The %(num)s lessons that changed, full or gentler version",
            lessons,
        ),
        news.practice and ngettext("One practice conversation", "%(num)s practice conversations", news.practice),
        questions_words(news.course, scope),
        scope.safety and _("All safety questions right"),
    ]
    return tuple(words for words in found if words)


def row_of(award: Award, settings: Settings) -> dict[str, Any]:
    """Return what a list of one's own certificates shows of one."""
    mark, state_text, _sentence = words_of(award, settings)
    return {
        "title": award.title,
        "version": award.version,
        "level": wording.level_words(award.attestation),
        "state": mark,
        "state_text": state_text,
        "awarded_on": award.passed_on,
        "until": award.valid_until,
        "renewed": award.cycle > 1,
        "url": url_for("certification.certificate", code=award.code),
    }


def cycles_of(awards: list[Award], settings: Settings) -> list[list[dict[str, Any]]]:
    """Return one's certificates as cycles, the newest first in each: what stands, and what was before it."""
    order = {award.enrolment_id: place for place, award in reversed(list(enumerate(awards)))}
    by_cycle = sorted(awards, key=lambda award: order[award.enrolment_id])
    return [
        [row_of(award, settings) for award in rows]
        for _enrolment, rows in groupby(by_cycle, key=lambda award: award.enrolment_id)
    ]
