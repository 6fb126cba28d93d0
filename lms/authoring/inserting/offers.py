"""What can be inserted into which file, in the words and the order of the page."""

from __future__ import annotations

from dataclasses import dataclass

from lms.authoring.inserting import conversation_forms, forms, question_forms
from lms.authoring.inserting.base_forms import InsertForm
from lms.authoring.inserting.choices import FileKind, kind_of_file
from lms.foundation.text.i18n import gettext as _

FORMS: dict[str, type[InsertForm]] = {
    "one-answer": question_forms.OneAnswerForm,
    "several-answers": question_forms.SeveralAnswersForm,
    "order": question_forms.OrderForm,
    "match": question_forms.MatchForm,
    "short-answer": question_forms.ShortAnswerForm,
    "critical-group": question_forms.CriticalGroupForm,
    "option": forms.OptionForm,
    "callout": forms.CalloutForm,
    "spoken": forms.SpokenForm,
    "prompt": forms.PromptForm,
    "source": forms.SourceForm,
    "link": forms.LinkForm,
    "picture": forms.PictureForm,
    "recording": forms.RecordingForm,
    "turn": conversation_forms.TurnForm,
    "reply": conversation_forms.ReplyForm,
    "end": conversation_forms.EndForm,
    "content-note": forms.ContentNoteForm,
}
QUESTIONS = ("one-answer", "several-answers", "order", "match", "short-answer")
TEXTS = ("callout", "spoken", "source", "link", "picture", "recording", "content-note")
OFFERED: dict[FileKind, tuple[str, ...]] = {
    "course": (),
    "check": (*QUESTIONS, "critical-group", "option"),
    "conversation": ("turn", "reply", "end", "content-note"),
    "lesson": (*QUESTIONS, "option", "prompt", *TEXTS),
    "gentle": ("prompt", *TEXTS),
    "other": (),
}


@dataclass(frozen=True)
class Offer:
    """Something that can be inserted: the word for it in addresses, and its name."""

    slug: str
    name: str


def offers_for(path: str) -> list[Offer]:
    """Return what can be inserted into a file."""
    names = {
        "one-answer": _("Question with one answer"),
        "several-answers": _("Question with several answers"),
        "order": _("Put in order"),
        "match": _("Match pairs"),
        "short-answer": _("Short answer"),
        "critical-group": _("Three safety questions"),
        "option": _("Option with its reason"),
        "prompt": _("Private prompt"),
        "callout": _("Callout"),
        "spoken": _("Something a person says"),
        "source": _("Source"),
        "link": _("Link to a page of the course"),
        "picture": _("Picture"),
        "recording": _("Recording"),
        "turn": _("Turn"),
        "reply": _("Reply"),
        "end": _("End"),
        "content-note": _("Content note"),
    }
    return [Offer(slug, names[slug]) for slug in OFFERED[kind_of_file(path)]]
