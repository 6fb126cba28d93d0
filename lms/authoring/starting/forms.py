"""What people send to start a draft."""

from __future__ import annotations

from wtforms import SelectField

from lms.authoring.drafts.forms import TITLE_MOST, IdField
from lms.foundation.text.i18n import lazy_gettext as _l
from lms.foundation.web.fields import Form, NothingHidden, Required, ShortEnough, TextField

TEXT_MOST = 600


class NewCourseForm(Form):
    """A course that is written from nothing, or over the example."""

    title = TextField(
        _l("Title of the course"),
        [
            Required(_l("Please give the course a title. You can change it later.")),
            ShortEnough(TITLE_MOST),
            NothingHidden(),
        ],
    )
    audience = TextField(
        _l("Who is it for?"),
        [Required(_l("Please say in a sentence who the course is for.")), ShortEnough(TEXT_MOST), NothingHidden()],
    )
    summary = TextField(
        _l("What is it about?"),
        [Required(_l("Please say in a sentence what the course is about.")), ShortEnough(TEXT_MOST), NothingHidden()],
    )
    course_id = IdField(_l("Id of the course (optional)"))


class CopyForm(Form):
    """A published course to start from; the id and title are asked when it belongs to somebody else."""

    course = SelectField(_l("Course"), choices=[], validate_choice=False)
    title = TextField(_l("Title of your version (optional)"), [ShortEnough(TITLE_MOST), NothingHidden()])
    course_id = IdField(_l("Id of your version"))
