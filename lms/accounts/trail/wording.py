"""Words for the events of the audit trail, as operators read them; what people do while they learn has none."""

from __future__ import annotations

from collections.abc import Callable

from lms.foundation.text.i18n import gettext as _

# Lessons, practice and attempts are between learners and the site: no page for staff shows them.
PRIVATE = frozenset({"LessonFinished", "PracticeCompleted", "CheckOpened", "CheckSubmitted"})


def event_words() -> dict[str, str]:
    """Return what each event says, without a name."""
    return {
        **_about_accounts(),
        **_about_sign_in(),
        **_about_certificates(),
        **_about_training(),
        **_about_programmes(),
        **_about_writing(),
    }


def _about_accounts() -> dict[str, str]:
    return {
        "PersonRegistered": _("Account created"),
        "AccountDisabled": _("Account closed by an operator"),
        "AccountEnabled": _("Account reopened by an operator"),
        "AccountDeleted": _("Account deleted"),
        "AccountEndingTold": _("Deletion of a closed account announced"),
        "AccountsMerged": _("Another account merged into this one"),
        "MergeUndone": _("Merge of two accounts undone"),
        "OperatorNamed": _("Made an operator"),
        "OperatorRemoved": _("No longer an operator"),
        "MembershipGiven": _("Role given"),
        "MembershipEnded": _("Role ended"),
        "InvitationMade": _("Invitation sent or link made"),
        "InvitationCancelled": _("Invitation cancelled"),
        "NamesChanged": _("Name changed"),
        "EmailChangeAsked": _("Another email address requested"),
        "EmailChanged": _("Email address changed"),
        "EmailChangeUndone": _("Change of email address stopped or undone"),
        "AddressConfirmed": _("Email address confirmed"),
    }


def _about_writing() -> dict[str, str]:
    return {
        "DraftStarted": _("Draft of a course started"),
        "DraftChanged": _("Draft of a course changed"),
        "DraftDiscarded": _("Draft of a course discarded"),
        "CourseSourceSet": _("Git repository of a course set up"),
        "CourseSourceRemoved": _("Git repository of a course removed"),
        "CourseAskedFromSource": _("Course asked for from its git repository"),
    }


def _about_sign_in() -> dict[str, str]:
    return {
        "SignedIn": _("Signed in"),
        "SignedOut": _("Signed out"),
        "SignInRefused": _("Sign-in refused"),
        "NewDevice": _("Signed in on a new kind of device"),
        "DoorStayedShut": _("Staff page refused"),
        "PasswordLinkMade": _("Password link requested"),
        "PasswordLinkHandedOut": _("Password link made by a coordinator or operator"),
        "PasswordChanged": _("Password changed"),
        "SecondFactorSet": _("Two-step sign-in turned on"),
        "SecondFactorOff": _("Two-step sign-in turned off"),
        "SecondFactorReset": _("Two-step sign-in reset by a coordinator or operator"),
        "RecoveryCodesMade": _("Recovery codes made"),
        "RecoveryCodeUsed": _("Recovery code used"),
        "PasskeyAdded": _("Passkey added"),
        "PasskeyRemoved": _("Passkey removed"),
        "SingleSignOnConnected": _("Account connected with single sign-on"),
        "SingleSignOnEnded": _("Single sign-on ended by an operator"),
        "SingleSignOnRefused": _("Single sign-on refused"),
        "SingleSignOnLoggedOut": _("Signed out, after signing out at the provider"),
    }


def _about_certificates() -> dict[str, str]:
    return {
        "CertificateIssued": _("Certificate issued"),
        "CertificateHeld": _("Certificate waiting to be issued"),
        "CertificateRaised": _("Ready to practise certificate issued"),
        "CertificateRenewed": _("Certificate renewed"),
        "CertificateReplaced": _("Certificate reissued under a new code"),
        "CertificateWithdrawn": _("Certificate withdrawn"),
        "CertificateReinstated": _("Certificate reinstated"),
        "CertificateMoved": _("Certificate moved between merged accounts"),
        "DocumentStored": _("PDF of a certificate stored"),
        "DocumentHandedOut": _("Certificate downloaded by a coordinator"),
        "PdfWaitsForLetters": _("PDF waiting for characters we can’t print yet"),
        "SpellingAsked": _("Another spelling of a name requested"),
        "NameAsked": _("Certificate in another name requested"),
        "NameNotChanged": _("Request for another name declined or cancelled"),
        "NameConfirmed": _("Name on a certificate confirmed"),
        "NameShown": _("Name on a certificate’s page switched on or off"),
        "BadgeOpened": _("Sharing of a badge switched on or off"),
        "EndTold": _("Expiry reminder sent"),
    }


def _about_training() -> dict[str, str]:
    return {
        "OldAnswersDeleted": _("Old answers deleted"),
        "Enrolled": _("Course started"),
        "WentOn": _("Moved to a newer version of a course"),
        "CoursePassed": _("Course passed"),
        "RenewalBegun": _("Renewal started"),
        "EquivalentRecorded": _("Recognised prior learning or exemption recorded"),
        "RegradeProposed": _("Marking earlier checks again proposed"),
        "RegradeDecided": _("Marking earlier checks again applied or declined"),
        "CheckRegraded": _("Check marked again"),
        "PassKept": _("Pass left as it is after a check was marked again"),
        "EquivalentUndone": _("Recognised prior learning or exemption undone"),
        "PracticeObserved": _("Observed practice recorded"),
        "ObserverConfirmed": _("Observer of a practice confirmed"),
        "ObservationUndone": _("Observed practice undone"),
        "RemarkAnswered": _("Feedback on a lesson answered"),
    }


def _about_programmes() -> dict[str, str]:
    return {
        "ProgrammeSet": _("Programme settings changed"),
        "UnitAdded": _("Unit added"),
        "UnitChanged": _("Unit renamed or moved"),
        "UnitRemoved": _("Unit removed"),
        "UnitJoined": _("Moved to another unit, or out of one"),
        "MemberDetailsChanged": _("Staff number or line manager changed"),
        "OldDetailsDeleted": _("Details of former members deleted"),
        "CourseAssigned": _("Course assigned"),
        "AssignmentChanged": _("Date or note of an assignment changed"),
        "AssignmentClosed": _("Assignment closed"),
        "MoreTimeAsked": _("More time for a course requested"),
        "PeopleAssigned": _("People added to an assignment"),
        "MoreTimeGiven": _("More time for a course given"),
        "MoreTimeAnswered": _("Request for more time answered"),
        "ReminderAsked": _("Reminder about a course sent"),
        "RosterImportStarted": _("Import of people started"),
        "RosterImportEnded": _("Import of people ended"),
        "ValiditySet": _("Validity of certificates changed"),
        "ReadinessSet": _("Number of observed practices changed"),
        "CoursePublished": _("Course published"),
        "ReviewAsked": _("Review of a course requested"),
        "PublicationAsked": _("Approval of a draft requested"),
        "PublicationApproved": _("Draft approved"),
        "ChangesAsked": _("Changes to a draft requested"),
        "PublicationScheduled": _("Time set for publishing a draft"),
        "PublicationCalledOff": _("Planned publication of a draft cancelled"),
        "PublicationStopped": _("Draft not published at the set time"),
        "CourseHandedOver": _("Owner of a course changed"),
        "CourseWithdrawn": _("Course withdrawn: nobody can start it"),
        "CourseReinstated": _("Withdrawn course reinstated"),
        "VersionClosed": _("Older version of a course closes in 90 days"),
        "VersionClosingCalledOff": _("Closing of an older version cancelled"),
        "CourseOffered": _("Course offered by a programme"),
        "OfferingOpened": _("Who can read a course changed"),
        "OfferingEnded": _("Course no longer offered by a programme"),
        "ReviewRecorded": _("Review of a course recorded"),
        "ListExported": _("List downloaded"),
        "BatchAsked": _("Action for several people started"),
        "BatchEnded": _("Action for several people ended"),
        "ApiKeyMade": _("API key made"),
        "ApiKeyEnded": _("API key revoked"),
        "KeyCompromised": _("Signing key marked as compromised"),
        "WorkRetried": _("Stopped work tried again"),
        "MailTested": _("Test email sent"),
        "LineWithdrawn": _("Support line removed"),
        "LineRestored": _("Support line restored"),
        "LineChecked": _("Support line checked"),
    }


# The facts that are shown as they are. Reasons, notes and kinds of device are nobody’s to read here.
FACT_WORDS: dict[str, Callable[[object], str]] = {
    "role": lambda value: _("Role: %(value)s", value=value),
    "course_id": lambda value: _("Course: %(value)s", value=value),
    "version": lambda value: _("Version: %(value)s", value=value),
    "line_id": lambda value: _("Line: %(value)s", value=value),
    "label": lambda value: _("Key: %(value)s", value=value),
    "settings": lambda value: _("Settings: %(value)s", value=", ".join(value) if isinstance(value, list) else value),
    "count": lambda value: _("Number: %(value)s", value=value),
    "page": lambda value: _("Page: %(value)s", value=value),
}


def fact_words(facts: dict[str, object]) -> str:
    """Return those facts of an event that may be read here, in one line."""
    shown = (words(facts[name]) for name, words in FACT_WORDS.items() if facts.get(name) not in (None, ""))
    return ", ".join(shown)
