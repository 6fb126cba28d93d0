"""The lists of people that a coordinator pastes."""

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


class NamesForm(Form):
    """Names of people who have no email address."""

    names = TextField(
        _l("Names of people without an email address"),
        [Required(_l("Enter at least one name.")), ShortEnough(LIST_MOST)],
    )
