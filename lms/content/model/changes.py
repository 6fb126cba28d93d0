"""What changed between two versions of a course: lessons and conversations that are new, or say something else."""

from __future__ import annotations

from dataclasses import dataclass, replace

from lms.content.model.conversation import Conversation
from lms.content.model.course import Course, Lesson


@dataclass(frozen=True)
class Changes:
    """Lessons and conversations of the newer version that are new or say something else, in its order."""

    lessons: tuple[Lesson, ...] = ()
    conversations: tuple[Conversation, ...] = ()
    new: tuple[Lesson, ...] = ()

    @property
    def changed(self) -> tuple[Lesson, ...]:
        """The lessons that were there before."""
        return tuple(lesson for lesson in self.lessons if lesson not in self.new)


def changes_between(known: Course, newest: Course) -> Changes:
    """Return what somebody who knows one version finds new or changed in another.

    Where a file lies is no change, nor is the line on which a practice question stands.
    """
    before = {lesson.id: _text_of(lesson) for lesson in known.lessons}
    lessons = tuple(lesson for lesson in newest.lessons if before.get(lesson.id) != _text_of(lesson))
    conversations = {conversation.id: replace(conversation, path="") for conversation in known.conversations}
    return Changes(
        lessons,
        tuple(
            conversation
            for conversation in newest.conversations
            if conversations.get(conversation.id) != replace(conversation, path="")
        ),
        tuple(lesson for lesson in lessons if lesson.id not in before),
    )


def is_newer_edition(known: Course, newest: Course) -> bool:
    """Return whether a version begins a new edition: its first number is higher."""
    return _edition(newest) > _edition(known)


def _edition(course: Course) -> int:
    return int(course.version.partition(".")[0])


def _text_of(lesson: Lesson) -> Lesson:
    practice = tuple(replace(question, path="", line=0) for question in lesson.practice)
    return replace(lesson, path="", practice=practice)
