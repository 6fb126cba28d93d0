"""What can be inserted into which file, in the words and the order of the page."""

from __future__ import annotations

from dataclasses import dataclass

from lms.authoring.inserting import forms, question_forms
from lms.authoring.inserting.base_forms import InsertForm
from lms.authoring.inserting.choices import FileKind, kind_of_file
from lms.foundation.text.i18n import gettext as _

FORMS: dict[str, type[InsertForm]] = {
    "one-answer": question_forms.OneAnswerForm,
    "several-answers": question_forms.SeveralAnswersForm,
    "order": question_forms.OrderForm,
    "match": question_forms.MatchForm,
    "short-answer": question_forms.ShortAnswerForm,
    "option": forms.OptionForm,
    "callout": forms.CalloutForm,
    "spoken": forms.SpokenForm,
    "prompt": forms.PromptForm,
    "source": forms.SourceForm,
    "link": forms.LinkForm,
    "picture": forms.PictureForm,
    "recording": forms.RecordingForm,
    "reply": forms.ReplyForm,
    "content-note": forms.ContentNoteForm,
}
QUESTIONS = ("one-answer", "several-answers", "order", "match", "short-answer")
TEXTS = ("callout", "spoken", "source", "link", "picture", "recording", "content-note")
OFFERED: dict[FileKind, tuple[str, ...]] = {
    "course": (),
    "check": (*QUESTIONS, "option"),
    "conversation": ("reply", "content-note"),
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
        "option": _("Option with its reason"),
        "prompt": _("Private prompt"),
        "callout": _("Callout"),
        "spoken": _("Something a person says"),
        "source": _("Source"),
        "link": _("Link to a page of the course"),
        "picture": _("Picture"),
        "recording": _("Recording"),
        "reply": _("Reply"),
        "content-note": _("Content note"),
    }
    return [Offer(slug, names[slug]) for slug in OFFERED[kind_of_file(path)]]
