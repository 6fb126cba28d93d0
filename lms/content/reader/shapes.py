"""The keys that front matter may hold, one shape for each kind of file; imported only when a course is read."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field
from pydantic_core import PydanticCustomError

from lms.content.model.content_note import ContentNote
from lms.content.reader.field_types import (
    Date,
    Day,
    Ending,
    Id,
    Ids,
    MaybeText,
    MaybeWhole,
    Minutes,
    Score,
    SourceId,
    SourceIds,
    Text,
    Texts,
    Version,
    Whole,
    Yes,
    read_text,
)

# Keys whose plain value is meant to be a yes, a number, a day or nothing.
BENDING = frozenset({
    "mention", "private", "self_care", "lessons_required", "score", "draw", "practice_required",
    "observed_practice", "consent", "valid_months", "minutes", "review_due", "read_on", "next_check", "owner",
    "day", "checked", "first_contact",
})  # fmt: skip


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Note(_Strict):
    """content_notes in braces."""

    topics: Texts
    note: Text
    mention: Yes = False

    def value(self) -> ContentNote:
        """The note as the course holds it."""
        return ContentNote(tuple(self.topics), self.note, self.mention)


def _note(value: Any) -> Any:
    if isinstance(value, str):
        if value.strip().lower() == "none":
            return None
        raise PydanticCustomError("BAD_VALUE", 'write none, or {topics: [death], note: "One sentence."}')
    return value


Notes = Annotated[Note | None, BeforeValidator(_note)]


def _course_note(value: Any) -> Any:
    if isinstance(value, dict):
        return read_text(value.get("note", ""))
    return "" if isinstance(value, str) and value.strip().lower() == "none" else read_text(value)


class ObjectiveShape(_Strict):
    """One objective of course.md."""

    id: Id
    text: Text
    tags: Texts = []


class SourceShape(_Strict):
    """One source of course.md."""

    id: SourceId
    citation: Text
    url: Annotated[MaybeText, Field(pattern=r"^https?://[^\s<>\"]+$")] = None
    licence: MaybeText = None
    checked: Day = None


class PassShape(_Strict):
    """What a pass asks for."""

    score: Score
    practice_required: Whole = 0
    observed_practice: Whole = 0
    lessons_required: Yes = False


class RefresherShape(_Strict):
    """What renewing asks for, in place of half the check."""

    draw: Whole


class CorrectionShape(_Strict):
    """A correction for safety, of which people who had read a lesson are told."""

    day: Day
    lessons: Texts
    note: Text


class CertificateShape(_Strict):
    """What the certificate says."""

    # What a certificate attests is made from the criteria; old courses hold a sentence here, which nobody is shown.
    attests: MaybeText = None
    does_not_attest: Text
    valid_months: MaybeWhole = None
    design: Id = "plain"


class JurisdictionShape(_Strict):
    """A dated note on the law of one place."""

    place: Text
    text: Text
    read_on: Day = None
    owner: MaybeText = None
    next_check: Day = None


class ArcShape(_Strict):
    """Contacts that belong together."""

    id: Id
    title: Text
    contacts: Ids


class CourseShape(_Strict):
    """course.md."""

    id: Id
    code: Annotated[MaybeText, Field(pattern=r"^[A-Z0-9]{2,8}$")] = None
    title: Text
    version: Version
    language: Annotated[Text, Field(pattern=r"^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$")]
    summary: Text
    audience: Text
    sectors: Texts = []
    prerequisites: Texts = []
    private: Yes = False
    status: Literal["draft", "ready"] = "ready"
    objectives: list[ObjectiveShape]
    content_notes: Annotated[str, BeforeValidator(_course_note)]
    criteria: PassShape = Field(alias="pass")
    draw: Whole
    refresher: RefresherShape | None = None
    certificate: CertificateShape
    sources: list[SourceShape] = []
    arcs: list[ArcShape] = []
    jurisdiction_notes: list[JurisdictionShape] = []
    review_due: Day = None
    corrected: CorrectionShape | None = None
    needs_facts: list[Literal["lead", "emergency", "limits_statement"]] = []
    licence: Text
    authors: Texts


class ModuleShape(_Strict):
    """module.md."""

    title: Text


class FacilitatorShape(_Strict):
    """facilitator.md, whose front matter may be left out."""

    title: MaybeText = None


class GlossaryShape(_Strict):
    """glossary.md."""

    kind: Literal["glossary"]
    title: MaybeText = None


class StoryShape(_Strict):
    """What a colleague told of themselves: how they are called here, when they agreed, where it is taken back."""

    told_by: Text
    consent: Date
    removal: Text


class LessonShape(_Strict):
    """A lesson."""

    id: Id
    title: Text
    objectives: Ids
    content_notes: Notes
    sources: SourceIds = []
    minutes: Minutes = None
    self_care: Yes = False
    distressing: Texts = []
    story: StoryShape | None = None


class GentleShape(_Strict):
    """A lesson's gentler version; what else it says is the lesson's."""

    content_notes: Notes
    id: Id | None = None
    title: MaybeText = None
    objectives: Ids = []
    sources: SourceIds = []
    minutes: Minutes = None


class CheckShape(_Strict):
    """check.md, whose front matter may be left out."""

    kind: Literal["check"] = "check"
    title: MaybeText = None
    content_notes: Notes = None

    def note(self) -> ContentNote | None:
        """What the author says the questions touch on; None where nothing was said."""
        if "content_notes" not in self.model_fields_set:
            return None
        return self.content_notes.value() if self.content_notes else ContentNote()


class ConversationShape(_Strict):
    """A practice conversation."""

    kind: Literal["conversation"]
    id: Id | None = None
    title: Text
    partner: Text = Field(alias="with")
    setting: Text
    content_notes: Notes
    objectives: Ids
    start: Id
    ends: dict[Id, Ending]
    facts: dict[Id, Text] = {}
    by: Literal["face to face", "phone", "chat"] = "face to face"
    first_contact: Yes = False
    must_reach: Literal["any", "good"] = "any"
    minutes: Whole = 12
