"""Content notes: topics that may be hard to read about, shown before the page."""

from __future__ import annotations

from dataclasses import dataclass

from lms.content.model.wording import N_

TOPICS = (
    "death", "injury", "violence", "sexual violence", "abuse", "suicide", "self-harm", "substance use",
    "discrimination", "loss of a child", "medical error", "whistleblowing", "trauma", "panic", "distress",
)  # fmt: skip
# What nobody should meet unannounced in a question, however gentle the lessons were that they read.
ANNOUNCED = (N_("suicide"), N_("self-harm"), N_("violence"), N_("sexual violence"), N_("abuse"))
# Who is seen reading about these may come to harm by it: from someone at home, or from an employer.
UNSEEN = frozenset({"abuse", "violence", "sexual violence", "suicide", "self-harm", "whistleblowing"})


@dataclass(frozen=True)
class ContentNote:
    """The hard topics of a page, shown before it is read."""

    topics: tuple[str, ...] = ()
    note: str = ""
    mention: bool = False

    @property
    def heavy(self) -> bool:
        """True when a topic is more than mentioned, so that the lesson needs a gentler version."""
        return bool(self.topics) and not self.mention

    @property
    def announced(self) -> tuple[str, ...]:
        """Those of its topics that are named before questions about them."""
        return tuple(topic for topic in ANNOUNCED if topic in self.topics)

    @property
    def better_unseen(self) -> bool:
        """True when somebody may not want to be seen reading it, so that "Leave this page" belongs on it."""
        return not UNSEEN.isdisjoint(self.topics)


NO_NOTE = ContentNote()
