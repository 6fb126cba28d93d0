"""What people send to add or rename a part of a course."""

from __future__ import annotations

from lms.authoring.drafts.forms import TITLE_MOST, IdField
from lms.foundation.text.i18n import lazy_gettext as _l
from lms.foundation.web.fields import Form, NothingHidden, ShortEnough, TextField


class PartForm(Form):
    """A part of a course: its title, and its id, which is made from the title when it's left empty."""

    title = TextField(_l("Title"), [ShortEnough(TITLE_MOST), NothingHidden()])
    part_id = IdField(_l("Id"))
