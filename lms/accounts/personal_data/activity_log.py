"""Account activity: events of the audit trail in words for the person they concern."""

from __future__ import annotations

from lms.foundation.text.i18n import gettext as _


def describe(event: str) -> str | None:
    """Return a sentence for an event, or None for one that says nothing to its person."""
    return {
        "PersonRegistered": _("Your account was created."),
        "MembershipGiven": _("You were given a role in a programme."),
        "MembershipEnded": _("One of your roles in a programme ended."),
        "OperatorRemoved": _("You are no longer one of the people who run this site."),
        "AccountDisabled": _("Your account was closed by the people who run this site."),
        "AccountEnabled": _("Your account was reopened by the people who run this site."),
        "AccountEndingTold": _("You were told that your closed account will be deleted."),
        "AccountsMerged": _("Another account of yours was merged into this one."),
        "MergeUndone": _("The merge of another account into this one was undone."),
        "CertificateMoved": _("One of your certificates moved between two accounts that were merged."),
        "OperatorNamed": _("You became one of the people who run this site."),
        "SignedIn": _("You signed in."),
        "SignedOut": _("You were signed out."),
        "SignInRefused": _("Somebody tried to sign in with your email address and couldn’t."),
        "NamesChanged": _("Your names were changed."),
        "NewDevice": _("You signed in on a new kind of device."),
        "AddressConfirmed": _("You confirmed your email address."),
        "PasswordLinkMade": _("A link to choose a new password was requested."),
        "PasswordLinkHandedOut": _(
            "A coordinator or somebody who runs this site made a link for you to choose a new password."
        ),
        "UnitJoined": _("Your programme changed which unit you’re in."),
        "MemberDetailsChanged": _("Your programme changed your staff number or line manager."),
        "MoreTimeAsked": _("You asked for more time for a course."),
        "MoreTimeAnswered": _("Your programme answered your request for more time for a course."),
        "MoreTimeGiven": _("Your programme gave you more time for a course."),
        "PasswordChanged": _("Your password was changed."),
        "SecondFactorSet": _("You set up two-step sign-in."),
        "SecondFactorOff": _("You turned off two-step sign-in."),
        "SecondFactorReset": _(
            "Your two-step sign-in and passkeys were reset by a coordinator or the people who run this site."
        ),
        "RecoveryCodesMade": _("You got new recovery codes."),
        "RecoveryCodeUsed": _("You used a recovery code."),
        "PasskeyAdded": _("You added a passkey."),
        "PasskeyRemoved": _("You removed a passkey."),
        "SingleSignOnConnected": _("You connected your account with single sign-on."),
        "SingleSignOnEnded": _("The people who run this site ended single sign-on for your account."),
        "SingleSignOnRefused": _("Somebody tried to use single sign-on with your email address and couldn’t."),
        "SingleSignOnLoggedOut": _("You were signed out here, because you signed out at your organisation."),
        "EmailChangeAsked": _("You asked to change your email address."),
        "EmailChanged": _("Your email address was changed."),
        "EmailChangeUndone": _("A change of your email address was undone."),
        "Enrolled": _("You started a course."),
        "EquivalentRecorded": _("Recognised prior learning was recorded for you."),
        "EquivalentUndone": _("A record of your prior learning was undone, so it no longer counts."),
        "WentOn": _("You moved to a newer version of a course."),
        "RenewalBegun": _("You started to renew a certificate."),
        "CertificateRenewed": _("One of your certificates was renewed."),
        "PracticeObserved": _("An observed practice of yours was recorded."),
        "ObserverConfirmed": _("A second person confirmed who observed your practice."),
        "ObservationUndone": _("A record of your observed practice was undone, so it no longer counts."),
        "CoursePassed": _("You passed a course’s check."),
        "CertificateIssued": _("A certificate was issued to you."),
        "PdfWaitsForLetters": _("A certificate was issued without a PDF, because we can’t print some characters yet."),
        "SpellingAsked": _("Your coordinator asked whether your name has another spelling."),
        "NameConfirmed": _("Your coordinator confirmed the name on a certificate."),
        "CertificateRaised": _("You got your ready to practise certificate."),
        "EndTold": _("We sent you an expiry reminder for a certificate."),
        "CertificateHeld": _("You passed. Your certificate is waiting to be issued."),
        "CertificateWithdrawn": _("One of your certificates was withdrawn by the programme."),
        "BadgeOpened": _("You turned sharing of a badge on or off."),
        "DocumentHandedOut": _("A coordinator of your programme downloaded your certificate."),
        "NameShown": _("You changed whether a certificate shows your name."),
    }.get(event)
