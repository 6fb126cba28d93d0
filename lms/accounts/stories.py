"""What happened with my account: the audit trail's events in words for the person they concern."""

from __future__ import annotations

from lms.foundation.words import gettext as _


def tell(event: str) -> str | None:
    """Return a sentence for an event, or None for one that says nothing to its person."""
    return {
        "PersonRegistered": _("Your account was made."),
        "MembershipGiven": _("You were given a role in a programme."),
        "MembershipEnded": _("One of your roles in a programme ended."),
        "OperatorRemoved": _("You are no longer one of the people who run this site."),
        "AccountDisabled": _("Your account was closed by the people who run this site."),
        "AccountEnabled": _("Your account was opened again by the people who run this site."),
        "OperatorNamed": _("You became one of the people who run this site."),
        "SignedIn": _("You signed in."),
        "SignedOut": _("A sign-in ended."),
        "SignInRefused": _("A sign-in with your address did not work."),
        "NamesChanged": _("Your names were changed."),
        "NewDevice": _("You signed in with a kind of device that was new here."),
        "AddressConfirmed": _("You confirmed your email address."),
        "PasswordLinkMade": _("A link to a new password was made."),
        "PasswordChanged": _("Your password was changed."),
        "Enrolled": _("You began a course."),
        "EquivalentRecorded": _("Something was recorded for you as met in another way."),
        "EquivalentUndone": _("Something recorded for you as met in another way no longer counts."),
        "WentOn": _("You went on to a newer version of a course."),
        "RenewalBegun": _("You began to renew a certificate."),
        "CertificateRenewed": _("A certificate of yours was renewed."),
        "PracticeObserved": _("A practice of yours was observed and recorded."),
        "ObserverConfirmed": _("A second person confirmed who observed your practice."),
        "ObservationUndone": _("A record of observed practice of yours no longer counts."),
        "CoursePassed": _("You passed a course’s check."),
        "CertificateIssued": _("A certificate was issued to you."),
        "PdfWaitsForLetters": _("A certificate was issued without a PDF, because we can’t print some letters yet."),
        "SpellingAsked": _("Your coordinator asked for another spelling of your name."),
        "NameConfirmed": _("Your coordinator confirmed the name on a certificate."),
        "CertificateRaised": _("A further certificate followed: you are ready to practise."),
        "EndTold": _("A letter told you until when a certificate of yours stands."),
        "CertificateHeld": _("You passed. The certificate waits for the course’s review."),
        "CertificateWithdrawn": _("A certificate of yours was withdrawn by the programme."),
        "BadgeOpened": _("You opened or closed the address of a badge."),
        "DocumentHandedOut": _("A coordinator of your programme asked for your certificate as a file."),
        "NameShown": _("You changed whether a certificate shows your name."),
    }.get(event)
