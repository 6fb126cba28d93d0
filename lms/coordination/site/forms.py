"""What the people who run the site send."""

from __future__ import annotations

from datetime import date

from wtforms import BooleanField, RadioField, SelectField

from lms.coordination.settings.course_pages import review_roles
from lms.foundation.text.i18n import gettext as _
from lms.foundation.text.i18n import lazy_gettext as _l
from lms.foundation.web.fields import Form, OneLine, Required, ShortEnough, TextField


class ProgrammeForm(Form):
    """A new programme; its name is checked like every other."""

    name = TextField(_l("Name of the programme"), [Required(_l("Enter a name for the programme."))])
    slug = TextField(_l("Short name"))


class CoordinatorForm(Form):
    """Who is to coordinate a programme."""

    email = TextField(_l("Their email address"), [Required(_l("Enter an email address."))])


class OwnerForm(Form):
    """Which programme's trainers publish new versions of a course; empty for the people who run the site."""

    owner = SelectField(_l("Who publishes new versions?"), choices=[])

    def offer(self, programmes: list[tuple[str, str]]) -> None:
        """Let the site, or one of these programmes by short name, be chosen."""
        self.owner.choices = [("", _("Only the people who run the site")), *programmes]


class ReviewForm(Form):
    """Who read the newest version of a course, as what, and when."""

    role = RadioField(_l("What did they review?"), choices=[], validate_choice=False)
    name = TextField(_l("Who reviewed it?"), [Required(_l("Enter a name.")), ShortEnough(200), OneLine()])
    day = TextField(_l("On which day?"))
    patches = BooleanField(_l("It also covers later corrections of this version"))

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.role.choices = list(review_roles().items())

    def read_day(self, today: date) -> date | None:
        """Return the day that was entered; one that is none, or is still to come, is refused."""
        try:
            found = date.fromisoformat(self.day.data or "")
        except ValueError:
            self.refuse("day", _("Enter the day like this: %(day)s.", day=today.isoformat()))
            return None
        if found > today:
            self.refuse("day", _("This day is still to come. Enter the day on which they reviewed it."))
            return None
        return found
