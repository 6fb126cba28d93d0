"""Every kind of email that the site sends: when, and who can turn it off. A house test keeps it whole."""

from __future__ import annotations

from dataclasses import dataclass

from lms.foundation.text.i18n import gettext as _


@dataclass(frozen=True)
class EmailKind:
    """A kind of email: its template, when it's sent, and who can turn it off."""

    name: str
    when: str
    off: str


@dataclass(frozen=True)
class Topic:
    """Kinds of emails about one subject."""

    title: str
    kinds: list[EmailKind]


def email_topics() -> list[Topic]:
    """Return all kinds of emails by subject, in words."""
    return [
        Topic(_("Courses"), _about_courses()),
        Topic(_("Certificates"), _about_certificates()),
        Topic(_("Invitations and new accounts"), _about_joining()),
        Topic(_("Signing in"), _about_signing_in()),
        Topic(_("Running the site"), _about_the_site()),
    ]


def find_kind(name: str) -> EmailKind | None:
    """Return a kind of email by its template's name."""
    return next((kind for topic in email_topics() for kind in topic.kinds if kind.name == name), None)


def _about_courses() -> list[EmailKind]:
    reader = _("Each reader, under Email preferences or with the link in the email.")
    return [
        EmailKind("course_assigned", _("When a coordinator assigns somebody a course."), reader),
        EmailKind("course_reminder", _("When a coordinator writes a reminder about an assigned course."), reader),
        EmailKind(
            "updates",
            _(
                "When there’s something that its reader asked to be told about: replies to feedback, refreshers, or "
                "certificates that expire in their programme. Once a week at most, unless they choose otherwise."
            ),
            _("Each reader. Nobody gets it without asking."),
        ),
        EmailKind(
            "check_marked_again",
            _("When a check was marked again and is passed now, or isn’t any more because a coordinator decided so."),
            _("Nobody."),
        ),
        EmailKind(
            "regrade_proposed",
            _("When a trainer proposes to mark earlier checks again, to the coordinators of the programme."),
            _("Nobody. Nothing changes until a coordinator decides."),
        ),
        EmailKind(
            "confirm_observer",
            _("When somebody records a practice whose observer has no account, to those who can confirm it."),
            _("Nobody. The practice doesn’t count until it’s confirmed."),
        ),
        EmailKind(
            "review_asked",
            _("When a trainer asks somebody to review a course."),
            _("Nobody. Trainers only ask people of their programme."),
        ),
        *_about_drafts(reader),
        EmailKind(
            "version_closes",
            _("90 days before an older version of a course closes, to each person in the middle of it."),
            _("Nobody. It’s sent once."),
        ),
    ]


def _about_drafts(reader: str) -> list[EmailKind]:
    asked = _("Nobody. It’s only sent to somebody who asked.")
    return [
        EmailKind(
            "approval_asked",
            _(
                "When a draft waits for a second person’s approval, to the other trainers of the programme. If there "
                "are none, to those who run the site."
            ),
            reader,
        ),
        EmailKind("draft_approved", _("When a draft was approved, to whoever asked for it."), asked),
        EmailKind(
            "changes_asked", _("When a draft needs changes before it’s approved, to whoever asked for it."), asked
        ),
        EmailKind(
            "publication_stopped",
            _(
                "When a draft of a course couldn’t be published at the time that was set, to whoever set it. If they "
                "no longer publish courses there, to those who do."
            ),
            _("Nobody. Something that was planned didn’t happen."),
        ),
    ]


def _about_certificates() -> list[EmailKind]:
    return [
        EmailKind("certificate_ready", _("When the PDF of a certificate is ready."), _("Nobody.")),
        EmailKind(
            "certificate_without_pdf",
            _("When a certificate is issued to somebody whose name has characters that we can’t print yet."),
            _("Nobody."),
        ),
        EmailKind(
            "ask_for_spelling",
            _("When a coordinator asks the holder of a certificate for a spelling that can be printed."),
            _("Nobody."),
        ),
        EmailKind(
            "certificate_ends",
            _(
                "60 days before a certificate expires. Its holder can choose other times: 90, 30 or 7 days before, or "
                "the day after."
            ),
            _("Each holder, under Email preferences or with the link in the email."),
        ),
    ]


def _about_joining() -> list[EmailKind]:
    asked = _("Nobody. It’s only sent to somebody who asked.")
    return [
        EmailKind(
            "invited",
            _("When a coordinator, or somebody who runs the site, invites a person to a programme."),
            _("Nobody. Coordinators can cancel an invitation until it’s accepted."),
        ),
        EmailKind(
            "invitation",
            _("When somebody opens an invitation to a role above learner by a link that wasn’t emailed to them."),
            asked,
        ),
        EmailKind(
            "register",
            _("When somebody registers."),
            _("You, with LMS_REGISTRATION. Each programme can close its registration as well."),
        ),
        EmailKind(
            "has_account",
            _("When somebody registers with the address of an account. The page doesn’t say so, only this email."),
            asked,
        ),
        EmailKind(
            "looks_like_another",
            _("When somebody registers with an address that looks too much like a colleague’s."),
            asked,
        ),
    ]


def _about_signing_in() -> list[EmailKind]:
    safety = _("Nobody. It tells people about something that they may not have done themselves.")
    asked = _("Nobody. It’s only sent to somebody who asked.")
    return [
        EmailKind("new_password", _("When somebody asks for a link to choose a new password."), asked),
        EmailKind(
            "password_link_made",
            _("When a coordinator, or somebody who runs the site, makes a password link for somebody."),
            safety,
        ),
        EmailKind(
            "new_device", _("When somebody signs in on a kind of device that they haven’t used here before."), safety
        ),
        EmailKind(
            "sign_in_changed",
            _("When two-step sign-in, a passkey or single sign-on changes, or a recovery code is used."),
            safety,
        ),
        EmailKind(
            "email_change_link",
            _("To the new address, when somebody changes their email address."),
            asked,
        ),
        EmailKind(
            "email_change_taken",
            _("To the new address in place of the link, when it’s taken or looks too much like a colleague’s."),
            asked,
        ),
        EmailKind(
            "email_change_asked", _("To the current address, when somebody changes their email address."), safety
        ),
        EmailKind("email_changed", _("To the former address, once the new one is confirmed."), safety),
        EmailKind("accounts_merged", _("To both addresses, when two accounts of one person are merged."), safety),
        EmailKind("merge_undone", _("To both addresses, when the merge of two accounts is undone."), safety),
        EmailKind(
            "account_ending",
            _("30 days before a closed account is deleted."),
            _("You, with LMS_KEEP_CLOSED_ACCOUNTS_MONTHS=always, which deletes no closed accounts."),
        ),
    ]


def _about_the_site() -> list[EmailKind]:
    return [
        EmailKind(
            "test_email",
            _("When somebody who runs the site sends it to themselves."),
            _("Nobody. It’s only sent to somebody who asked."),
        )
    ]
