"""The parent of the forms for inserting, and the file that something is inserted into."""

from __future__ import annotations

from dataclasses import dataclass

from wtforms import SelectField

from lms.authoring.inserting.choices import PROMPT, Choices, FileKind, is_id, kind_of_file
from lms.authoring.inserting.places import Heading, headings_of
from lms.authoring.inserting.snippets import Snippet
from lms.foundation.text.i18n import gettext as _
from lms.foundation.text.i18n import lazy_gettext as _l
from lms.foundation.web.fields import Form, TextField, whole_number

LINE_MOST, TEXT_MOST = 600, 4000


@dataclass(frozen=True)
class OpenFile:
    """The file that something is inserted into, as its writer sees it now."""

    path: str
    text: str
    choices: Choices

    @property
    def kind(self) -> FileKind:
        """What the file is."""
        return kind_of_file(self.path)


class AreaField(TextField):
    """Some lines of text."""


class InsertForm(Form):
    """The parent of these forms; `where` is the line of a heading, or nothing for the end of the file."""

    where = SelectField(_l("Where does it go?"), choices=[], validate_choice=False)

    def prepare(self, file: OpenFile) -> None:
        """Offer what can be chosen for a file; called before the form is shown or read."""
        rows = headings_of(file.text)
        into = [(str(row.line), row.text) for row in rows if self.goes_into(file, row)]
        if into:
            self.where.choices = into
            return
        below = [(str(row.line), _("Below “%(heading)s”", heading=row.text)) for row in rows]
        self.where.choices = [("", _("At the end of the file")), *below]

    def goes_into(self, file: OpenFile, heading: Heading) -> bool:
        """Decide whether this is a part of something with that heading, such as an option of a question."""
        return False

    def look_over(self, file: OpenFile) -> bool:
        """Return whether everything is there to make the snippet; else fields have messages."""
        self.validate()
        return not self.errors

    def snippet(self, file: OpenFile, line: int) -> Snippet:
        """Return the Markdown; `line` is where the cursor or the chosen heading is."""
        raise NotImplementedError

    def line(self) -> int | None:
        """Return the line of the chosen heading."""
        return whole_number(self.where.data, 0) or None


def check_id(form: InsertForm, file: OpenFile) -> None:
    """Ask for an id that nothing else has."""
    id = form["id"].data or ""
    if not is_id(id):
        example = file.choices.free_id(PROMPT)
        form.refuse("id", _("Use lower-case letters, digits and hyphens, such as “%(id)s”.", id=example))
    elif id in file.choices.taken:
        form.refuse("id", _("Something else in this course has this id. Please choose a different one."))
