"""Checks of the signing keys: whether they can be used, and are those that the site knows."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from lms.certification.keys.did import multikey
from lms.certification.keys.opening import CLOCKS_APART
from lms.certification.keys.records import OWN_KINDS, list_keys
from lms.foundation import clock
from lms.foundation.checkup.findings import Finding, some_of
from lms.foundation.config.settings import Settings
from lms.foundation.late import late
from lms.foundation.text.i18n import gettext as _

if TYPE_CHECKING:
    from lms.certification.keys import key_files, keyring
else:
    key_files = late("lms.certification.keys.key_files")  # 31 ms and 2 MB, because web workers sign nothing
    keyring = late("lms.certification.keys.keyring")  # the same

ENDS_SOON = timedelta(days=60)


def look(settings: Settings) -> list[Finding]:
    """Return what there is to say of the signing keys; a missing one isn't made."""
    stored = {key.id: key for key in list_keys() if key.kind in OWN_KINDS}
    if not stored and not any((settings.data / "keys").glob("*-signing.pem")):
        return [Finding("keys.signing", _("The signing keys will be made with the first certificate."))]
    try:
        # Both count as used, so that none is made.
        ring = keyring.open_ring(settings, set(OWN_KINDS))
    except key_files.KeyTrouble as trouble:
        return [check_signing(str(trouble), ())]
    here = {"document": ring.certificate_id, "badge": multikey(ring.badge_public)}
    kinds, in_use = {key.kind for key in stored.values()}, [stored[each] for each in here.values() if each in stored]
    days = (ring.certificate.not_valid_before_utc, ring.certificate.not_valid_after_utc)
    return [
        check_signing("", [kind for kind in here if kind in kinds and here[kind] not in stored]),
        check_trust([key.kind for key in in_use if key.compromised_from]),
        check_certificate(clock.now(), max([days[0], *(key.since for key in in_use)]), days[1]),
    ]


def check_trust(kinds: Sequence[str]) -> Finding:
    """Find keys in use that are marked as compromised."""
    if kinds:
        return Finding(
            "keys.trust",
            _("These keys are marked as compromised, so nothing is signed with them: %(kinds)s.", kinds=some_of(kinds)),
            _("Make new keys: lms certificates new-keys --yes. If LMS_SIGNING_KEY is set, set it to another key."),
        )
    return Finding("keys.trust", _("The keys in use are trusted."))


def check_certificate(now: datetime, start: datetime, end: datetime) -> Finding:
    """Find a clock that is set before the keys’ first moment, and a document certificate that expired or soon will."""
    words = {"now": f"{now:%Y-%m-%d %H:%M}", "start": f"{start:%Y-%m-%d %H:%M}", "end": f"{end:%Y-%m-%d}"}
    if now + CLOCKS_APART < start:
        return Finding(
            "keys.certificate",
            _(
                "This machine’s clock says %(now)s UTC, but the signing keys can’t be used before %(start)s UTC.",
                **words,
            ),
            _("Correct the clock. Until then nothing is signed, and no PDFs are made for new certificates."),
        )
    if now > end:
        return Finding(
            "keys.certificate",
            _("The certificate of the key that signs PDFs expired on %(end)s, so new PDFs are waiting.", **words),
            _("Put a new certificate in place, as docs/certificates.md describes, and restart the site."),
        )
    if end - now < ENDS_SOON:
        return Finding(
            "keys.certificate",
            _("The certificate of the key that signs PDFs expires on %(end)s.", **words),
            _("Ask your certificate authority for a new one, and put it in place before that day."),
        )
    return Finding("keys.certificate", _("The certificate of the key that signs PDFs is valid until %(end)s.", **words))


def check_signing(problem: str, unknown: Sequence[str]) -> Finding:
    """Find keys that can't be used, and kinds of key of which the site has signed with others only."""
    if problem:
        return Finding("keys.signing", _("Certificates can’t be signed."), problem)
    if unknown:
        return Finding(
            "keys.signing",
            _("These signing keys aren’t the ones that the site has used so far: %(kinds)s.", kinds=some_of(unknown)),
            _("If you didn’t replace them on purpose, put the right ones back from a backup."),
        )
    return Finding(
        "keys.signing", _("The signing keys are in place, and the site knows the public keys that go with them.")
    )
