"""What somebody chooses and types to insert a question: one form for each kind."""

from __future__ import annotations

from collections.abc import Mapping

from wtforms import BooleanField, FieldList, FormField, SelectMultipleField
from wtforms import Form as PlainForm

from lms.authoring.inserting import snippets
from lms.authoring.inserting.base_forms import LINE_MOST, TEXT_MOST, AreaField, InsertForm, OpenFile, check_id
from lms.authoring.inserting.choices import PRACTICE, QUESTION, is_id
from lms.authoring.inserting.snippets import Choice, Snippet
from lms.content.questions.parts import LEAST_WORDS
from lms.foundation.text.i18n import gettext as _
from lms.foundation.text.i18n import lazy_gettext as _l
from lms.foundation.web.fields import Required, ShortEnough, TextField


class OptionRow(PlainForm):
    """An option with its reason."""

    text = TextField(_l("What it says"), [ShortEnough(LINE_MOST)])
    right = BooleanField(_l("This option is right"))
    why = TextField(_l("Reason"), [ShortEnough(LINE_MOST)])


class StepRow(PlainForm):
    """A step; its reason can be left out."""

    text = TextField(_l("Step"), [ShortEnough(LINE_MOST)])
    why = TextField(_l("Reason (optional)"), [ShortEnough(LINE_MOST)])


class PairRow(PlainForm):
    """A pair; without its left side, the right one belongs to none."""

    text = TextField(_l("Left side"), [ShortEnough(LINE_MOST)])
    other = TextField(_l("What belongs to it"), [ShortEnough(LINE_MOST)])
    why = TextField(_l("Reason (optional)"), [ShortEnough(LINE_MOST)])


class QuestionForm(InsertForm):
    """What every question has: its text, its objectives and its id."""

    stem = TextField(_l("Question"), [Required(_l("Write the question.")), ShortEnough(LINE_MOST)])
    objectives = SelectMultipleField(
        _l("Objectives it covers"), [Required(_l("Choose at least one objective."))], choices=[]
    )
    id = TextField(
        _l("Id"), description=_l("Learners’ answers refer to it, so don’t change it once the course is published.")
    )

    def prepare(self, file: OpenFile) -> None:
        """Offer the objectives of `course.md`, and an id that is free."""
        super().prepare(file)
        self.objectives.choices = [(id, words or id) for id, words in file.choices.objectives]
        self.id.data = self.id.data or file.choices.free_id(QUESTION if file.kind == "check" else PRACTICE)

    def look_over(self, file: OpenFile) -> bool:
        """Ask for an id that no other question has."""
        self.validate()
        check_id(self, file)
        self.check_answers()
        return not self.errors

    def check_answers(self) -> None:
        """Add messages about the answers."""

    def answers(self) -> str:
        """Return the Markdown below the question."""
        raise NotImplementedError

    def snippet(self, file: OpenFile, line: int) -> Snippet:
        """Return the question."""
        return snippets.question(self.id.data or "", self.stem.data or "", self.objectives.data or [], self.answers())


class RowsForm(QuestionForm):
    """A question with rows of answers; empty rows are left out."""

    rows: FieldList

    def filled(self) -> list[Choice]:
        """Return the rows that somebody filled in."""
        rows = [
            Choice(row.get("text") or "", row.get("why") or "", bool(row.get("right")), row.get("other") or "")
            for row in self.rows.data
        ]
        return [row for row in rows if row.text or row.other or row.why]


class OneAnswerForm(RowsForm):
    """A question with one right answer."""

    rows = FieldList(FormField(OptionRow), _l("Option"), min_entries=4, max_entries=12)
    kind = "one_answer"

    def check_answers(self) -> None:
        """Ask for two options with reasons, one of them right."""
        rows = self.filled()
        right = sum(row.right for row in rows)
        if len(rows) < 2:
            self.refuse("rows", _("Write at least two options."))
        elif not all(row.text and len(row.why.split()) >= LEAST_WORDS for row in rows):
            self.refuse("rows", _("Each option needs text and a reason of at least four words."))
        elif self.kind == "one_answer" and right != 1:
            self.refuse("rows", _("Mark exactly one option as right."))
        elif not right:
            self.refuse("rows", _("Mark at least one option as right."))

    def answers(self) -> str:
        """Return the options."""
        return snippets.options(self.kind, self.filled())


class SeveralAnswersForm(OneAnswerForm):
    """A question with several right answers."""

    kind = "several_answers"


class OrderForm(RowsForm):
    """Steps to put in order."""

    rows = FieldList(FormField(StepRow), _l("Step"), min_entries=4, max_entries=12)

    def check_answers(self) -> None:
        """Ask for two steps."""
        if sum(bool(row.text) for row in self.filled()) < 2:
            self.refuse("rows", _("Write at least two steps, in the right order."))

    def answers(self) -> str:
        """Return the steps."""
        return snippets.steps(row for row in self.filled() if row.text)


class MatchForm(RowsForm):
    """Pairs to match."""

    rows = FieldList(FormField(PairRow), _l("Pair"), min_entries=4, max_entries=12)

    def check_answers(self) -> None:
        """Ask for two pairs."""
        rows = self.filled()
        if sum(bool(row.text and row.other) for row in rows) < 2:
            self.refuse("rows", _("Write at least two pairs."))
        elif any(not row.other for row in rows):
            self.refuse("rows", _("Say what belongs to each left side."))

    def answers(self) -> str:
        """Return the table."""
        return snippets.pairs((_("This"), _("Belongs to"), _("Why")), self.filled())


class ShortAnswerForm(QuestionForm):
    """A question answered in one's own words."""

    model = AreaField(_l("Model answer"), [Required(_l("Write a model answer.")), ShortEnough(TEXT_MOST)])
    look_for = AreaField(
        _l("Look for"),
        [Required(_l("Write what a good answer includes.")), ShortEnough(TEXT_MOST)],
        description=_l("One thing on each line."),
    )
    not_enough = AreaField(
        _l("Not enough (optional)"), [ShortEnough(TEXT_MOST)], description=_l("One thing on each line.")
    )

    def answers(self) -> str:
        """Return the model answer and what to compare."""
        return snippets.short_answer(self.model.data or "", self.look_for.data or "", self.not_enough.data or "")


class CriticalRow(PlainForm):
    """A safety question: what's right, and one or two options that aren't."""

    stem = TextField(_l("Question"), [ShortEnough(LINE_MOST)])
    right = TextField(_l("Right option"), [ShortEnough(LINE_MOST)])
    right_why = TextField(_l("Why it’s right"), [ShortEnough(LINE_MOST)])
    other = TextField(_l("Another option"), [ShortEnough(LINE_MOST)])
    other_why = TextField(_l("Why it isn’t right"), [ShortEnough(LINE_MOST)])
    third = TextField(_l("A third option (optional)"), [ShortEnough(LINE_MOST)])
    third_why = TextField(_l("Why that isn’t right"), [ShortEnough(LINE_MOST)])


class CriticalGroupForm(InsertForm):
    """Three safety questions about one danger, of which a check draws one."""

    group = TextField(
        _l("Name of the group"),
        description=_l(
            "One word for the danger, such as “self-harm”. Each check draws one question of the group, and a pass "
            "needs it right. So ask about the same thing in three ways."
        ),
    )
    objectives = SelectMultipleField(
        _l("Objectives they cover"), [Required(_l("Choose at least one objective."))], choices=[]
    )
    rows = FieldList(FormField(CriticalRow), _l("Question"), min_entries=3, max_entries=3)

    def prepare(self, file: OpenFile) -> None:
        """Offer the objectives of `course.md`."""
        super().prepare(file)
        self.objectives.choices = [(id, words or id) for id, words in file.choices.objectives]

    def look_over(self, file: OpenFile) -> bool:
        """Ask for a name, and for three questions with their options and reasons."""
        self.validate()
        if not is_id(self.group.data or ""):
            self.refuse("group", _("Use lower-case letters, digits and hyphens, such as “%(id)s”.", id="self-harm"))
        rows = [_options_of(row) for row in self.rows.data]
        whole = all(choice.text and len(choice.why.split()) >= LEAST_WORDS for row in rows for choice in row)
        if not whole or not all(row["stem"] for row in self.rows.data):
            self.refuse(
                "rows",
                _("Write three questions, each with two or three options. Each option needs a reason of four words."),
            )
        return not self.errors

    def snippet(self, file: OpenFile, line: int) -> Snippet:
        """Return the three questions, with ids that are free."""
        questions = [
            (file.choices.free_id(QUESTION, at), row["stem"] or "", _options_of(row))
            for at, row in enumerate(self.rows.data)
        ]
        return snippets.critical_group(self.group.data or "", questions, self.objectives.data or [])


def _options_of(row: Mapping[str, str | None]) -> list[Choice]:
    """Return the options of a safety question, the right one first; a third one without anything is left out."""
    found = [Choice(row[name] or "", row[f"{name}_why"] or "", name == "right") for name in ("right", "other", "third")]
    return found if found[2].text or found[2].why else found[:2]
