"""What coordinators send of one person; each form brings back what it was opened with."""

from __future__ import annotations

from wtforms import HiddenField, SelectField, SelectMultipleField
from wtforms.fields.choices import SelectChoice

from lms.accounts.members.actions import Details
from lms.accounts.rules import PROGRAMME_ROLES
from lms.foundation.text.i18n import lazy_gettext as _l
from lms.foundation.web.fields import Form, NothingHidden, ShortEnough, TextField

STAFF_NUMBER_MOST, LINE_MANAGER_MOST = 40, 254


class DetailsForm(Form):
    """Staff number, unit and line manager."""

    staff_number = TextField(_l("Staff number"), [ShortEnough(STAFF_NUMBER_MOST), NothingHidden()])
    unit = SelectField(_l("Unit"), choices=[], validate_choice=False)
    line_manager = TextField(_l("Line manager"), [ShortEnough(LINE_MANAGER_MOST), NothingHidden()])
    was_staff_number = HiddenField()
    was_unit = HiddenField()
    was_line_manager = HiddenField()

    def seen(self) -> Details:
        """Return the details that the form was opened with."""
        return Details(self.was_staff_number.data or "", self.was_unit.data or "", self.was_line_manager.data or "")

    def wanted(self) -> Details:
        """Return the details that somebody entered."""
        number = " ".join((self.staff_number.data or "").split())
        return Details(number, self.unit.data or "", " ".join((self.line_manager.data or "").split()))

    def reopen(self, now: Details) -> None:
        """Let the form stand on what is noted now; what was typed stays."""
        self.was_staff_number.data, self.was_unit.data = now.staff_number, now.unit
        self.was_line_manager.data = now.line_manager


class RolesForm(Form):
    """The roles to have in a programme."""

    role = SelectMultipleField(_l("Roles"), choices=[SelectChoice(role, role) for role in PROGRAMME_ROLES])
    was = HiddenField()

    def seen(self) -> list[str]:
        """Return the roles that the form was opened with."""
        return (self.was.data or "").split()
