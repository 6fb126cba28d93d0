"""The list of people that a coordinator pastes."""

from __future__ import annotations

from lms.foundation.text.i18n import lazy_gettext as _l
from lms.foundation.web.fields import Form, Required, ShortEnough, TextField

LIST_MOST = 50_000


class InviteForm(Form):
    """Email addresses, with or without names."""

    people = TextField(
        _l("Email addresses, with or without names"),
        [Required(_l("Paste at least one email address.")), ShortEnough(LIST_MOST)],
    )
