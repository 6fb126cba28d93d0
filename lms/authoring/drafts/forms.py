"""A field for the ids of courses and of their parts."""

from __future__ import annotations

from wtforms.validators import ValidationError

from lms.authoring.drafts.outline_rules import is_id
from lms.foundation.text.i18n import gettext as _
from lms.foundation.web.fields import Form, TextField

TITLE_MOST = 120


class IdField(TextField):
    """An id, which may be left empty where it's made from the title."""

    def pre_validate(self, form: Form) -> None:
        """Refuse what can't be part of an address."""
        if self.data and not is_id(self.data):
            raise ValidationError(_("Use only lower-case letters, digits and hyphens, for example “night-shifts”."))
