"""Reasons for refusing a file or a QR code, one sentence for each known way of tampering."""

from __future__ import annotations

from lms.foundation.text.i18n import lazy_gettext as _

REFUSALS = {
    "not-recognised": _("This is neither a PDF nor a badge, so there’s nothing in it to verify."),
    "not-a-pdf": _("This isn’t a PDF."),
    "too-large": _("This is larger than any of our certificates, so we didn’t read it."),
    "encrypted": _("This PDF is encrypted. Our certificates never are."),
    "unsigned": _("This PDF has no signature. All our certificates have one."),
    "cut-short": _("The end of this PDF is missing. It may not have been copied in full, so please ask for it again."),
    "signed-twice": _("This PDF has more than one signature, or says it has. Our certificates have only one."),
    "covers-in-part": _("The signature in this PDF leaves out parts of it, and those parts could say anything."),
    "changed-later": _("This PDF was changed after it was signed, so what it shows now may not be what was signed."),
    "added-to": _("Something was added to the end of this file."),
    "signature-unreadable": _("The signature in this PDF isn’t the kind that this site makes."),
    "signed-by-another": _("This PDF was signed, but not by this site, whatever name it gives."),
    "bytes-changed": _("Parts of this PDF were changed after it was signed."),
    "open-to-changes": _("The signature in this PDF allows changes. Ours never do."),
    "too-much-inside": _("This file unpacks to more than any of our certificates, so we didn’t unpack it."),
    "badge-of-another": _("The badge inside this PDF is about a different person or course than the PDF."),
    "badge-words": _("This badge uses terms that our Open Badges don’t have, and they could mean anything."),
    "badge-unknown-words": _("This badge says something that nobody signed."),
    "badge-unsigned": _("This badge has no signature that we can read."),
    "badge-foreign": _("This badge was signed by somebody else, or with a different method from ours."),
    "badge-issuer": _("This badge names a different issuer from the one who signed it."),
    "badge-changed": _("What this badge says isn’t what was signed."),
    "badge-twice": _("This badge says the same thing twice, so different apps may read it differently."),
    "badge-unreadable": _("We can’t read this as a badge."),
    "badge-shape": _("This badge isn’t written the way this site writes its badges, so it isn’t one of ours."),
    "badge-deep": _("This badge is nested more deeply than any of ours."),
    "badge-no-status": _("This badge doesn’t say where to check whether it was withdrawn."),
    "badge-status-elsewhere": _("This badge says to check somewhere other than this site whether it was withdrawn."),
    "picture-acts": _("This SVG contains a script or something else that runs. Our badges never do."),
    "picture-damaged": _("This image is damaged, so we can’t read a badge from it."),
    "picture-packed": _("The badge in this image is packed in a way that this site doesn’t use."),
    "picture-repainted": _(
        "This site signed the badge in this image, but it isn’t the image that this site made. "
        "Somebody else may have added what is drawn in it."
    ),
    "two-badges": _("This image contains more than one badge, so different apps may read different ones."),
    "no-badge": _("This image doesn’t contain a badge."),
    "square-unreadable": _("We couldn’t read what the QR code says, perhaps because part of the address is missing."),
    "square-foreign": _("This site didn’t sign what the QR code says."),
    "square-changed": _("What the QR code says isn’t what this site signed for this code."),
    "square-of-another": _("This QR code belongs to a certificate with a different code."),
    "stuffed": _("Something was added to the data that verifies the signature in this PDF."),
    "stamp-changed": _("The timestamp in this PDF was changed, or we can’t read it."),
    "stamp-foreign": _("The timestamp in this PDF isn’t from a server that this site lists."),
    "stamp-of-another": _("The timestamp in this PDF belongs to a different file."),
    "badge-wrapped": _("There’s more around this badge than we can verify. Please send us the badge by itself."),
    "badge-jwt": _("This credential is in a format that this site doesn’t use (JWT). Our badges are plain JSON."),
    "key-ended": _("It’s dated after the last day on which this site used the key that signed it."),
    "key-compromised": _(
        "Somebody else may already have had the key on the day it was signed, so this site doesn’t trust the signature."
    ),
    "key-unsure": _(
        "Somebody else may have the key that signed it, and could have written an earlier date. Only the records of "
        "the site that issued it can tell."
    ),
    "list-unreadable": _("We can’t read this as one of this site’s status lists."),
    "list-foreign": _("The status list isn’t signed with a key that this site uses for its lists."),
    "list-changed": _("What the status list says isn’t what was signed."),
    "list-early": _("The status list isn’t valid yet. Please check this computer’s clock."),
    "list-expired": _("The status list has expired. Please download it again."),
    "list-for-qr": _("A QR code doesn’t name its status list. To use the list, verify the PDF or the badge instead."),
    "list-of-another": _("The status list isn’t the one that this certificate names."),
    "not-in-register": _("It was signed with a key of this site, but our records have no certificate like it."),
    "not-the-kept-one": _("It was signed with a key of this site, but it isn’t the one in our records."),
    "not-read": _("This file took too long to read, or couldn’t be read safely, so we stopped and discarded it."),
}


def in_words(word: str) -> str:
    """Return why something is not accepted."""
    return str(REFUSALS[word])
