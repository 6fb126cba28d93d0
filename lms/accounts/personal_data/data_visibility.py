"""Data visibility: who can see what, one row for each kind of data, with cells read from the MAY table."""

from __future__ import annotations

from dataclasses import dataclass

from lms.accounts.rules import MAY
from lms.foundation.text.i18n import gettext as _

VIEWERS = ("you", "trainer", "observer", "coordinator", "employer", "operator", "verifier")


@dataclass(frozen=True)
class VisibleData:
    """Something that can be known about a learner: behind which actions it lies, and whether a code shows it."""

    what: str
    actions: tuple[str, ...]
    by_code: bool = False
    explanation: str = ""


def visible_data() -> tuple[VisibleData, ...]:
    """Return all kinds of knowledge the site holds about a learner."""
    return (*_of_learning(), *_of_training(), *_of_certificates())


def _of_learning() -> tuple[VisibleData, ...]:
    """Return what can be known of lessons, answers, conversations, feedback and private notes."""
    return (
        VisibleData(
            _("Which lessons you’ve finished, and where you are"),
            ("learn",),
            explanation=_("Only you. We don’t store which version of a lesson you read."),
        ),
        VisibleData(
            _("Your answers, your results and your number of attempts"),
            ("see own answers",),
            explanation=_("Only you. A certificate says that you passed, never your score."),
        ),
        VisibleData(
            _("What you choose in a practice conversation"),
            ("learn",),
            explanation=_(
                "Only you, for 30 days after you finish it, and you can delete it straight away."
                " Your course only records that you reached an ending."
            ),
        ),
        VisibleData(
            _("Your feedback on a lesson, without your name"),
            ("read feedback",),
            explanation=_(
                "Trainers can read it once five people have finished the lesson. Nobody, not even you, can find yours."
            ),
        ),
        VisibleData(
            _("What you write under “For you, privately”"),
            (),
            explanation=_("Nobody. It never leaves your device, and it’s gone when you leave the page."),
        ),
    )


def _of_training() -> tuple[VisibleData, ...]:
    """Return what can be known of training states, prior learning and observed practice."""
    return (
        VisibleData(
            _(
                "Your status: not started, in training, waiting for a review, completed with its date, "
                "renewal due, withdrawn"
            ),
            ("learn", "see training states"),
            explanation=_(
                "This status and its date are all that your coordinator sees of your learning. "
                "If you ask for more time for a course, they see that you asked."
            ),
        ),
        VisibleData(
            _("That recognised prior learning was recorded for you"),
            ("learn", "record an equivalent"),
            by_code=True,
            explanation=_(
                "You and the coordinator who wrote the reason can read it."
                " A certificate only says that it was recognised."
            ),
        ),
        VisibleData(
            _("How your observed practice went: one of four ratings"),
            ("hold certificates", "record observed practice"),
            explanation=_(
                "A certificate says how many practices were observed, by whom and when, but never how they went. "
                "We don’t store what was said."
            ),
        ),
        VisibleData(
            _("An observer without an account here, and the day, until that’s confirmed"),
            ("hold certificates", "record observed practice", "confirm observed practice"),
            explanation=_(
                "A second person in your programme confirms that they were there, and isn’t told how it went."
            ),
        ),
    )


def _of_certificates() -> tuple[VisibleData, ...]:
    """Return what can be known of certificates and the address."""
    return (
        VisibleData(
            _("Whether you hold a certificate, and until when"),
            ("hold certificates", "see certificates of a programme", "see status only"),
            by_code=True,
            explanation=_(
                "Anyone with its code can see the course, version, dates and status."
                " Your coordinator can also download the PDF. Your employer sees the course and the date."
            ),
        ),
        VisibleData(
            _("The name on your certificate"),
            ("hold certificates", "see certificates of a programme"),
            explanation=_(
                "Somebody with the code can check whether a name they type matches, unless you choose to show it."
                " They can also see whether your programme confirmed the name."
            ),
        ),
        VisibleData(
            _("The unit you’re in"),
            ("keep an account", "look after members", "see status only"),
            explanation=_("Your coordinator chooses it, and you can see it in your account."),
        ),
        VisibleData(
            _("Your staff number and your line manager"),
            ("keep an account", "look after members"),
            explanation=_("Your coordinator enters them, and you can see them in your account."),
        ),
        VisibleData(
            _("Your email address"),
            ("keep an account", "see training states", "close accounts"),
            explanation=_(
                "Your coordinator uses it to tell people with the same name apart and to write to you."
                " The people who run the site see it in their list of accounts, with how many devices you’re signed in"
                " on. Only you see which devices those are, though they can reach that in the database."
            ),
        ),
        VisibleData(
            _("Your account activity, such as signing in, starting a course or passing its check"),
            ("keep an account", "read the audit trail"),
            explanation=_(
                "The people who run the site can read who did what, and when. They don’t see answers, attempts, "
                "reasons or notes there."
            ),
        ),
    )


def COLUMNS() -> list[str]:  # noqa: N802 - a table's head, translated when it is shown
    """Return the heads of the table: you, five roles, and somebody with a code."""
    return [
        *(_("You"), _("Trainer"), _("Observer"), _("Coordinator"), _("Employer"), _("Operator")),
        _("Somebody with the code"),
    ]


def can_see(viewer: str, sight: VisibleData) -> bool:
    """Decide one cell: a role sees what one of the actions lets it reach in other people's rows."""
    if viewer == "verifier":
        return sight.by_code
    rules = [MAY[action] for action in sight.actions]
    if viewer == "you":
        return any(rule.self_only for rule in rules)
    return any(viewer in rule.roles and not rule.self_only for rule in rules)


def visibility_rows() -> list[tuple[str, list[bool], str]]:
    """Return the table: what, a cell for each looker, and a sentence."""
    return [(sight.what, [can_see(viewer, sight) for viewer in VIEWERS], sight.explanation) for sight in visible_data()]
