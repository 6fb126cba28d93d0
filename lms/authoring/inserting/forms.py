"""What somebody chooses and types to insert something that is no question: one form for each thing."""

from __future__ import annotations

from wtforms import BooleanField, RadioField, SelectField, SelectMultipleField
from wtforms.validators import AnyOf

from lms.authoring.inserting import snippets
from lms.authoring.inserting.base_forms import LINE_MOST, TEXT_MOST, AreaField, InsertForm, OpenFile, check_id
from lms.authoring.inserting.choices import PROMPT
from lms.authoring.inserting.places import Heading, section_at
from lms.authoring.inserting.snippets import Choice, Snippet
from lms.content.model.content_note import TOPICS
from lms.content.questions.parts import LEAST_WORDS
from lms.foundation.text.i18n import gettext as _
from lms.foundation.text.i18n import lazy_gettext as _l
from lms.foundation.web.fields import Required, ShortEnough, TextField


class OptionForm(InsertForm):
    """One more option of a question."""

    text = TextField(_l("Option"), [Required(_l("Write the option.")), ShortEnough(LINE_MOST)])
    right = BooleanField(_l("This option is right"))
    why = TextField(_l("Reason"), [ShortEnough(LINE_MOST)])

    def goes_into(self, file: OpenFile, heading: Heading) -> bool:
        """Return whether it's the heading of a question."""
        return heading.asks

    def look_over(self, file: OpenFile) -> bool:
        """Ask for a reason."""
        self.validate()
        if len((self.why.data or "").split()) < LEAST_WORDS:
            self.refuse("why", _("Give a reason of at least four words. Learners read it after they’ve answered."))
        return not self.errors

    def snippet(self, file: OpenFile, line: int) -> Snippet:
        """Return the option in the kind of its question."""
        choice = Choice(self.text.data or "", self.why.data or "", bool(self.right.data))
        return snippets.option(choice, section_at(file.text, line))


class CalloutForm(InsertForm):
    """A callout."""

    kind = RadioField(
        _l("Kind"),
        [AnyOf(snippets.CALLOUTS, _l("Choose a kind of callout."))],
        choices=[],
        validate_choice=False,
    )
    words = AreaField(
        _l("Text"),
        [Required(_l("Write the text of the callout.")), ShortEnough(TEXT_MOST)],
        description=_l(
            "Write whole sentences, because other programs show a heading of their own. Under “Take care”, say what "
            "not to do: “Don’t promise secrecy.”"
        ),
    )

    def prepare(self, file: OpenFile) -> None:
        """Offer the kinds, in the words that learners see."""
        super().prepare(file)
        self.kind.choices = [
            ("NOTE", _("Worth knowing, such as a common belief")),
            ("CAUTION", _("Take care: what not to do")),
            ("TIP", _("In short")),
        ]

    def snippet(self, file: OpenFile, line: int) -> Snippet:
        """Return the callout."""
        return snippets.callout(self.kind.data, self.words.data or "")


class SpokenForm(InsertForm):
    """Something that a person says."""

    words = AreaField(_l("What they say"), [Required(_l("Write what they say.")), ShortEnough(TEXT_MOST)])

    def snippet(self, file: OpenFile, line: int) -> Snippet:
        """Return the quote."""
        return snippets.spoken(self.words.data or "")


class PromptForm(InsertForm):
    """A private prompt."""

    words = AreaField(_l("Question"), [Required(_l("Write the question.")), ShortEnough(TEXT_MOST)])
    id = TextField(_l("Id"), description=_l("Each prompt in the course needs an id of its own."))

    def prepare(self, file: OpenFile) -> None:
        """Offer an id that is free."""
        super().prepare(file)
        self.id.data = self.id.data or file.choices.free_id(PROMPT)

    def look_over(self, file: OpenFile) -> bool:
        """Ask for an id that's free."""
        self.validate()
        check_id(self, file)
        return not self.errors

    def snippet(self, file: OpenFile, line: int) -> Snippet:
        """Return the prompt."""
        return snippets.private_prompt(self.id.data or "", self.words.data or "")


class SourceForm(InsertForm):
    """A source of the course."""

    source = SelectField(_l("Source"), [Required(_l("Choose a source."))], choices=[])

    def prepare(self, file: OpenFile) -> None:
        """Offer the sources of `course.md`."""
        super().prepare(file)
        self.source.choices = [
            ("", _("Please choose")),
            *((id, f"{id}: {words}") for id, words in file.choices.sources),
            ("unchecked", _("Not yet checked")),
        ]

    def snippet(self, file: OpenFile, line: int) -> Snippet:
        """Return the mark of the source."""
        return snippets.citation(self.source.data)


class LinkForm(InsertForm):
    """A link to another page of the course."""

    page = SelectField(_l("Page"), [Required(_l("Choose a page."))], choices=[])
    words = TextField(_l("Link text"), [Required(_l("Write the link text.")), ShortEnough(LINE_MOST)])

    def prepare(self, file: OpenFile) -> None:
        """Offer the other pages of the course."""
        super().prepare(file)
        offered = [(path, title) for path, title in file.choices.pages if path != file.path]
        self.page.choices = [("", _("Please choose")), *offered]

    def snippet(self, file: OpenFile, line: int) -> Snippet:
        """Return the link."""
        return snippets.link(self.page.data, file.path, self.words.data or "")


class PictureForm(InsertForm):
    """A picture of the draft."""

    picture = SelectField(
        _l("Picture"),
        [Required(_l("Choose a picture."))],
        choices=[],
        description=_l("Add pictures to the draft first."),
    )
    description = TextField(
        _l("Description"),
        [Required(_l("Describe the picture for people who can’t see it.")), ShortEnough(LINE_MOST)],
    )

    def prepare(self, file: OpenFile) -> None:
        """Offer the pictures of the draft."""
        super().prepare(file)
        offered = [(path, path.removeprefix("media/")) for path in file.choices.pictures]
        self.picture.choices = [("", _("Please choose")), *offered]

    def snippet(self, file: OpenFile, line: int) -> Snippet:
        """Return the picture."""
        return snippets.picture(self.picture.data, file.path, self.description.data or "")


class RecordingForm(InsertForm):
    """A recording of the draft."""

    recording = SelectField(
        _l("Recording"),
        [Required(_l("Choose a recording."))],
        choices=[],
        description=_l("Add recordings to the draft first."),
    )
    title = TextField(
        _l("Title"),
        [Required(_l("Write a title for the recording.")), ShortEnough(LINE_MOST)],
        description=_l("Learners read it below the player, for example: Dana at the sink, two minutes"),
    )

    def prepare(self, file: OpenFile) -> None:
        """Offer the recordings of the draft."""
        super().prepare(file)
        offered = [(path, path.removeprefix("media/")) for path in file.choices.recordings]
        self.recording.choices = [("", _("Please choose")), *offered]

    def snippet(self, file: OpenFile, line: int) -> Snippet:
        """Return the line that plays it."""
        return snippets.recording(self.recording.data, file.path, self.title.data or "")


class ContentNoteForm(InsertForm):
    """The content note of a file."""

    topics = SelectMultipleField(_l("Topics it deals with"), choices=[])
    note = TextField(
        _l("Note"),
        [ShortEnough(LINE_MOST)],
        description=_l(
            "One sentence on what’s there, and one on what isn’t: “A death is mentioned. No details are given.”"
        ),
    )
    mention = BooleanField(_l("These topics are only mentioned, so no gentler version is needed"))

    def prepare(self, file: OpenFile) -> None:
        """Offer the topics, in the words of the front matter."""
        super().prepare(file)
        self.topics.choices = [(topic, topic) for topic in TOPICS]

    def look_over(self, file: OpenFile) -> bool:
        """Ask for the note if there are topics."""
        self.validate()
        if self.topics.data and not self.note.data:
            self.refuse("note", _("Say what’s there, in a sentence or two."))
        return not self.errors

    def snippet(self, file: OpenFile, line: int) -> Snippet:
        """Return the key of the front matter."""
        return snippets.content_note(self.topics.data or [], self.note.data or "", bool(self.mention.data))
