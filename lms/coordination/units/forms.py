"""What coordinators send of a unit."""

from __future__ import annotations

from wtforms import SelectField

from lms.accounts.members.details import UNIT_NAME_MOST
from lms.foundation.text.i18n import lazy_gettext as _l
from lms.foundation.web.fields import Form, NothingHidden, Required, ShortEnough, TextField


class UnitForm(Form):
    """The name of a unit, and the one above it; what was chosen from the list is looked at by the action."""

    name = TextField(
        _l("Name of the unit"),
        [Required(_l("Please enter a name, for example “Ward 4”.")), ShortEnough(UNIT_NAME_MOST), NothingHidden()],
    )
    above = SelectField(_l("Where does it belong?"), choices=[], validate_choice=False)
