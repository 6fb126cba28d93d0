"""Checks of the signing keys: whether they can be used, and are those that the site knows."""

from __future__ import annotations

from collections.abc import Sequence

from lms.certification.keys.did import multikey
from lms.certification.keys.records import list_keys
from lms.foundation.checkup.findings import Finding, some_of
from lms.foundation.config.settings import Settings
from lms.foundation.text.i18n import gettext as _


def look(settings: Settings) -> list[Finding]:
    """Return what there is to say of the signing keys; a missing one isn't made."""
    # Imported here because web workers sign nothing: 31 ms and 2 MB.
    from lms.certification.keys.keyring import KeyTrouble, open_ring

    known = {key.id: key.kind for key in list_keys()}
    if not known and not any((settings.data / "keys").glob("*-signing.pem")):
        return [Finding("keys.signing", _("The signing keys will be made with the first certificate."))]
    try:
        # Both count as used, so that none is made.
        ring = open_ring(settings, {"document", "badge"})
    except KeyTrouble as trouble:
        return [check_signing(str(trouble), ())]
    here = {"document": ring.certificate_id, "badge": multikey(ring.badge_public)}
    return [check_signing("", [kind for kind in here if kind in known.values() and here[kind] not in known])]


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
