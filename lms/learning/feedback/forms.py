"""Forms for lesson feedback and the authors' replies."""

from __future__ import annotations

from wtforms import RadioField, SelectField

from lms.foundation.text.i18n import gettext as _
from lms.foundation.text.i18n import lazy_gettext as _l
from lms.foundation.web.fields import Form, Required, ShortEnough, TextField
from lms.learning.feedback.pages import said_words

WORDS_MOST, REPLY_MOST = 500, 1200


class FeedbackForm(Form):
    """How a lesson was, and a few words that may stay empty."""

    said = RadioField(
        _l("How was this lesson?"),
        choices=lambda: list(said_words().items()),
        validators=[Required(_l("Please choose one of the three. You don’t have to write anything."))],
        validate_choice=False,
    )
    about = SelectField(_l("Which part is it about?"), choices=[], validate_choice=False)
    words = TextField(_l("A few words, if you like"), [ShortEnough(WORDS_MOST)])

    def offer(self, headings: list[str]) -> None:
        """Offer a lesson's headings; one that another version of the lesson had stands for the whole lesson."""
        self.about.choices = [("", _("The whole lesson")), *((heading, heading) for heading in headings)]
        if self.about.data not in headings:
            self.about.data = ""

    def validate_said(self, field: RadioField) -> None:
        """Refuse what the page does not offer."""
        if field.data and field.data not in said_words():
            field.errors = [*field.errors, _("Please choose one of the three.")]


class ReplyForm(Form):
    """What the authors heard about a lesson, and what they changed."""

    heard = TextField(
        _l("You told us"),
        [Required(_l("Please write in a sentence what readers told you.")), ShortEnough(REPLY_MOST)],
    )
    changed = TextField(
        _l("We changed"),
        [Required(_l("Please write what you changed, or why you’ve left it as it is.")), ShortEnough(REPLY_MOST)],
    )
