"""What people send about reviews."""

from __future__ import annotations

from wtforms import BooleanField, RadioField, TextAreaField

from lms.authoring.reviews.pages import role_names
from lms.foundation.text.i18n import lazy_gettext as _l
from lms.foundation.web.fields import Form, Required, ShortEnough, TextField


class RequestForm(Form):
    """Whom to ask for a review, as what, and a note to them."""

    email = TextField(_l("Their email address"), [Required(_l("Enter an email address.")), ShortEnough(254)])
    role = RadioField(_l("What should they review?"), choices=[], validate_choice=False)
    note = TextAreaField(_l("What they should know"), [ShortEnough(1000)])

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.role.choices = list(role_names().items())


class AnswerForm(Form):
    """What a reviewer says."""

    note = TextAreaField(_l("Anything to note"), [ShortEnough(1000)])
    patches = BooleanField(_l("It also covers later corrections of this version"))
