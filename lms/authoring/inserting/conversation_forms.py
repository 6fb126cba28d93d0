"""What somebody chooses and types to insert a part of a conversation: a turn, a reply or an end."""

from __future__ import annotations

from wtforms import RadioField, SelectField, SelectMultipleField
from wtforms.validators import AnyOf

from lms.authoring.inserting import snippets
from lms.authoring.inserting.base_forms import LINE_MOST, TEXT_MOST, AreaField, InsertForm, OpenFile
from lms.authoring.inserting.choices import facts_of, is_id
from lms.authoring.inserting.places import Heading, headings_of, section_at
from lms.authoring.inserting.snippets import Snippet
from lms.content.model.conversation import FITS
from lms.content.questions.parts import LEAST_WORDS
from lms.foundation.text.i18n import gettext as _
from lms.foundation.text.i18n import lazy_gettext as _l
from lms.foundation.web.fields import Required, ShortEnough, TextField
from lms.learning.practice.pages import label_words


class ReplyForm(InsertForm):
    """A reply of a conversation; what it remembers is asked only where the conversation has facts."""

    label = SelectField(_l("What kind of reply is it?"), [Required(_l("Choose a kind of reply."))], choices=[])
    fit = RadioField(
        _l("How helpful is it?"),
        [AnyOf(FITS, _l("Choose how helpful it is."))],
        choices=[],
        validate_choice=False,
    )
    words = TextField(_l("What the learner says"), [Required(_l("Write the reply.")), ShortEnough(LINE_MOST)])
    goes_to = SelectField(_l("Where does it lead?"), [Required(_l("Choose where it leads."))], choices=[])
    feedback = TextField(
        _l("What the reply does"), [ShortEnough(LINE_MOST)], description=_l("About the reply, never about the person.")
    )
    sets = SelectMultipleField(_l("What is remembered once it’s said (optional)"), choices=[])
    needs = SelectMultipleField(_l("Offer it only if all of this is remembered (optional)"), choices=[])
    unless = SelectMultipleField(_l("Don’t offer it if any of this is remembered (optional)"), choices=[])

    def goes_into(self, file: OpenFile, heading: Heading) -> bool:
        """Return whether it's the heading of a turn, in which somebody speaks."""
        return "\n>" in section_at(file.text, heading.line)

    def prepare(self, file: OpenFile) -> None:
        """Offer the labels, the turns and ends of the conversation, and what it remembers."""
        super().prepare(file)
        labels = [(label, f"{name}: {does}") for label, (name, does) in label_words().items()]
        self.label.choices = [("", _("Please choose")), *labels]
        self.fit.choices = [
            ("steady", _("Steady: it helps now")),
            ("mixed", _("Mixed: it helps in part")),
            ("detour", _("A detour: it leads away from what they need")),
        ]
        turns = [(row.text, row.text) for row in headings_of(file.text)]
        self.goes_to.choices = [("", _("Please choose")), *turns]
        _offer_facts(self, file, "sets", "needs", "unless")

    def look_over(self, file: OpenFile) -> bool:
        """Ask for what the reply does."""
        self.validate()
        if len((self.feedback.data or "").split()) < LEAST_WORDS:
            self.refuse("feedback", _("Say what the reply does, in at least four words."))
        return not self.errors

    def snippet(self, file: OpenFile, line: int) -> Snippet:
        """Return the reply."""
        terms = [snippets.terms(verb, self[verb].data or []) for verb in ("sets", "needs", "unless") if verb in self]
        kind = (self.label.data, self.fit.data, *terms)
        return snippets.reply(kind, self.words.data or "", self.goes_to.data, self.feedback.data or "")


class PlaceForm(InsertForm):
    """What turns and ends have in common: a name that replies lead to, and a title."""

    id = TextField(_l("Name"), description=_l("Replies lead to this name, so no other turn or end may have it."))
    title = TextField(_l("Title"), [ShortEnough(LINE_MOST)])

    def look_over(self, file: OpenFile) -> bool:
        """Ask for a name that no other turn or end has."""
        self.validate()
        id = self.id.data or ""
        if not is_id(id):
            self.refuse("id", _("Use lower-case letters, digits and hyphens, such as “%(id)s”.", id="she-sits-down"))
        elif id in {row.text for row in headings_of(file.text)}:
            self.refuse("id", _("Another turn or end has this name. Please choose a different one."))
        return not self.errors


class TurnForm(PlaceForm):
    """A turn of a conversation; its replies are inserted one by one."""

    title = TextField(_l("Title (optional)"), [ShortEnough(LINE_MOST)])
    stage = TextField(_l("What they do (optional)"), [ShortEnough(LINE_MOST)], description=_l("Such as: runs the tap."))
    words = AreaField(
        _l("What they say"),
        [Required(_l("Write what they say.")), ShortEnough(TEXT_MOST)],
        description=_l("Insert the replies to it next. Until there’s one, the check says that the turn leads nowhere."),
    )

    def snippet(self, file: OpenFile, line: int) -> Snippet:
        """Return the turn."""
        return snippets.turn(self.id.data or "", self.title.data or "", self.stage.data or "", self.words.data or "")


class EndForm(PlaceForm):
    """An end of a conversation; a good one can ask that something was said before."""

    title = TextField(_l("Title"), [Required(_l("Write a title.")), ShortEnough(LINE_MOST)])
    words = AreaField(
        _l("What learners read at the end"), [Required(_l("Write a sentence or two.")), ShortEnough(TEXT_MOST)]
    )
    ending = RadioField(
        _l("What kind of end is it?"),
        [AnyOf(("good", "open"), _l("Choose a kind of end."))],
        choices=[],
        validate_choice=False,
    )
    needs = SelectMultipleField(_l("What has to be remembered on the way to a good end (optional)"), choices=[])

    def prepare(self, file: OpenFile) -> None:
        """Offer both kinds of ends, and what the conversation remembers."""
        super().prepare(file)
        self.ending.choices = [
            ("good", _("Good: they got what they needed")),
            ("open", _("Open: the door stays open for another time")),
        ]
        _offer_facts(self, file, "needs")

    def snippet(self, file: OpenFile, line: int) -> Snippet:
        """Return the end, with how the front matter lists it."""
        needs = self.needs.data or [] if "needs" in self and self.ending.data == "good" else []
        ending = f"{self.ending.data} {snippets.terms('needs', needs)}".strip()
        return snippets.end(self.id.data or "", self.title.data or "", self.words.data or "", ending)


def _offer_facts(form: InsertForm, file: OpenFile, *fields: str) -> None:
    """Offer what a conversation remembers; where it remembers nothing, the fields aren't shown."""
    facts = facts_of(file.text)
    for name in fields:
        if facts:
            form[name].choices = facts
        else:
            del form[name]
