"""Why a file or a paper is not accepted, each known way of tampering in plain words."""

from __future__ import annotations

from lms.foundation.words import lazy_gettext as _

REFUSALS = {
    "not-recognised": _("This is neither a PDF nor a badge, so there is nothing in it to verify."),
    "not-a-pdf": _("This is not a PDF."),
    "too-large": _("This is larger than any certificate of ours, so it was not read."),
    "encrypted": _("This PDF is encrypted. Certificates of this site never are."),
    "unsigned": _("This PDF carries no signature. Every certificate of this site carries one."),
    "cut-short": _("The end of this PDF is missing. Perhaps it was not copied whole; please ask for it once more."),
    "signed-twice": _("Somebody signed this PDF again after this site did, or it says of itself that two did."),
    "covers-in-part": _("The signature in this PDF leaves parts of it out, which could say anything."),
    "changed-later": _("This PDF was changed after it was signed. What it shows now may not be what was signed."),
    "added-to": _("Something was added behind the end of this file."),
    "signature-unreadable": _("The signature in this PDF is not one that this site makes."),
    "signed-by-another": _("This PDF was signed, but not with a key of this site, whatever name it gives."),
    "bytes-changed": _("This PDF is not the one that was signed: parts of it were changed."),
    "open-to-changes": _("The signature in this PDF allows changes. Those of this site never do."),
    "too-much-inside": _("This file unpacks to more than any certificate of ours, so it was not unpacked."),
    "badge-of-another": _("The badge inside this PDF is about another person or course than the PDF."),
    "badge-words": _("This badge uses words that are not those of an Open Badge of ours, and could mean anything."),
    "badge-unknown-words": _("This badge says something that nobody signed."),
    "badge-unsigned": _("This badge carries no signature that we know how to read."),
    "badge-foreign": _("This badge was signed by somebody else, or in another way than this site does."),
    "badge-issuer": _("This badge names another issuer than the one who signed it."),
    "badge-changed": _("What this badge says is not what was signed."),
    "badge-twice": _("This badge says the same thing twice, so that readers may read it differently."),
    "badge-unreadable": _("This is not a badge that can be read."),
    "badge-shape": _("This badge isn’t written the way this site writes its badges, so it isn’t one of ours."),
    "badge-deep": _("This badge is nested more deeply than any badge of ours."),
    "badge-no-status": _("This badge does not say where its withdrawal would be told."),
    "badge-status-elsewhere": _("This badge names another place than ours to ask whether it was withdrawn."),
    "picture-acts": _("This drawing holds a script or something else that acts. Badges of this site never do."),
    "picture-damaged": _("This picture is damaged, so that no badge can be taken out of it."),
    "picture-packed": _("The badge in this picture is packed in a way that this site does not use."),
    "picture-repainted": _(
        "The badge in this picture was signed by this site, but the picture is not the one that this site made. "
        "Anything drawn in it may have been added by somebody else."
    ),
    "two-badges": _("This picture carries more than one badge, so that readers may take different ones."),
    "no-badge": _("This picture carries no badge."),
    "square-unreadable": _("What stands behind the address could not be read, perhaps because a part is missing."),
    "square-foreign": _("The words behind the address were not signed by this site."),
    "square-changed": _("The words behind the address are not those that this site signed."),
    "square-of-another": _("The words behind the address belong to a certificate with another code."),
    "not-in-register": _("It was signed with a key of this site, but the register has no certificate like it."),
    "not-the-kept-one": _("It was signed with a key of this site, but is not the one that the register keeps."),
    "not-read": _("This file took too long to read, or broke its reader. It was put away unread."),
}


def in_words(word: str) -> str:
    """Return why something is not accepted."""
    return str(REFUSALS[word])
