"""What renewing asks for: what changed since the certificate, or a shorter check across the course."""

from __future__ import annotations

from dataclasses import dataclass

from lms.content.model.changes import Changes, changes_between, is_newer_edition
from lms.content.model.course import Course
from lms.content.model.question import Question
from lms.learning.progress.rules import Progress, Requirement, check_minutes, practice_needed

# What changed is asked with so many questions for each objective that it touches, where the bank has them.
QUESTIONS_AN_OBJECTIVE = 2


@dataclass(frozen=True)
class RenewalScope:
    """What renewing asks for: lessons and conversations that changed, and how many questions among which.

    `across` tells that the questions are drawn across the whole course, and not from what changed alone.
    """

    since: str
    changes: Changes
    questions: frozenset[str]
    draw: int
    across: bool
    safety: bool


def renewal_scope(known: Course, newest: Course) -> RenewalScope:
    """Return what is asked of a holder of one version who renews on another.

    What changed is asked with its questions, and one question of every critical group as always. Where nothing
    changed, or the course has a refresher of its own and this is no new edition, it is a shorter check of all.
    """
    changes = changes_between(known, newest)
    bank = [question for question in newest.questions if question.drawable and question.everywhere]
    critical = frozenset(question.id for question in bank if question.critical)
    groups = len({question.group for question in bank if question.critical})
    touched = {objective for lesson in changes.lessons for objective in lesson.objectives}
    about = frozenset(question.id for question in bank if touched.intersection(question.objectives))
    has_its_own = newest.criteria.refresher is not None and not is_newer_edition(known, newest)
    if about and not has_its_own:
        most = QUESTIONS_AN_OBJECTIVE * len(touched) + groups
        most = max(groups, min(most, newest.criteria.draw, _at_a_time(bank, about | critical)))
        return RenewalScope(known.version, changes, about | critical, most, False, groups > 0)
    shorter = newest.criteria.refresher or max(-(-newest.criteria.draw // 2), groups)
    return RenewalScope(known.version, changes, frozenset(question.id for question in bank), shorter, True, groups > 0)


def _at_a_time(bank: list[Question], among: frozenset[str]) -> int:
    """Return how many of some questions a check can ask at once: of a critical group one stands for all."""
    return len({question.group if question.critical else question.id for question in bank if question.id in among})


def practice_asked(course: Course, scope: RenewalScope, progress: Progress) -> int:
    """Return how many conversations renewing asks for: those of before count unless they changed."""
    return max(0, practice_needed(course) - len(_kept(course, scope, progress)))


def _kept(course: Course, scope: RenewalScope, progress: Progress) -> frozenset[str]:
    return (progress.practised & course.conversation_by_id.keys()) - {
        conversation.id for conversation in scope.changes.conversations
    }


def renewal_requirements(
    course: Course, scope: RenewalScope, progress: Progress, passed: bool
) -> tuple[Requirement, ...]:
    """Return everything renewing asks for, in the order in which it is shown, and how far it is met."""
    asked: list[Requirement] = []
    lessons = {lesson.id for lesson in scope.changes.lessons}
    if lessons:
        done = len(progress.lessons & lessons)
        asked.append(Requirement("lessons", done >= len(lessons), done, len(lessons)))
    needed = practice_asked(course, scope, progress)
    if needed:
        played = len(progress.practised & {conversation.id for conversation in scope.changes.conversations})
        asked.append(Requirement("practice", played >= needed, min(played, needed), needed))
    asked.append(Requirement("check", passed, int(passed), 1))
    if scope.safety:
        asked.append(Requirement("safety", passed, int(passed), 1))
    return tuple(asked)


def minutes_of(course: Course, scope: RenewalScope, progress: Progress) -> int:
    """Return about how long all that renewing asks for takes."""
    needed = practice_asked(course, scope, progress)
    conversations = scope.changes.conversations or course.conversations
    played = sum(sorted(conversation.minutes for conversation in conversations)[:needed])
    return sum(lesson.minutes for lesson in scope.changes.lessons) + played + check_minutes(scope.draw)
