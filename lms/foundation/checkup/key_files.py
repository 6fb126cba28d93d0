"""Checks of the key files: who can read them, the site's secret, and their fingerprints."""

from __future__ import annotations

import stat
from collections.abc import Mapping, Sequence
from pathlib import Path

from lms.foundation.checkup.findings import Finding, some_of
from lms.foundation.config.settings import Settings
from lms.foundation.keys import BadKey, secret_key
from lms.foundation.text.i18n import gettext as _

SHOWN_CHARACTERS = 16


def look(settings: Settings, fingerprints: Mapping[str, str]) -> list[Finding]:
    """Return what there is to say of the key files; a missing one isn't made."""
    return [
        check_modes(_open_to_others(settings)),
        check_secret((settings.data / "keys" / "secret").exists(), _secret_problem(settings.data)),
        show_fingerprints(fingerprints),
    ]


def _open_to_others(settings: Settings) -> list[str]:
    """Return the keys, and their folder, that others than the site's own account can read or write."""
    folder = settings.data / "keys"
    paths = [folder, *sorted(folder.glob("*"))] if folder.is_dir() else []
    paths += [Path(settings.signing_key)] if settings.signing_key else []
    return [
        path.name
        for path in paths
        if path.exists() and path.suffix != ".crt" and stat.S_IMODE(path.stat().st_mode) & 0o077
    ]


def _secret_problem(data: Path) -> str:
    if (data / "keys" / "secret").exists():
        try:
            secret_key(data)
        except BadKey as error:
            return str(error)
    return ""


def check_modes(names: Sequence[str]) -> Finding:
    """Find keys that others can read."""
    if names:
        return Finding(
            "keys.modes",
            _("Other accounts of this machine can read these keys: %(names)s.", names=some_of(names)),
            _("As the site’s account, run: chmod 700 LMS_DATA/keys; chmod 600 LMS_DATA/keys/*"),
        )
    return Finding("keys.modes", _("Only the site’s own account can read the keys."))


def check_secret(exists: bool, problem: str) -> Finding:
    """Find a secret that is missing or damaged."""
    if not exists:
        return Finding(
            "keys.secret",
            _("The site’s secret (LMS_DATA/keys/secret) is missing."),
            _("Put it back from a backup. If the site is new, lms serve makes it."),
        )
    if problem:
        return Finding("keys.secret", _("The site’s secret can’t be used."), problem)
    return Finding("keys.secret", _("The site’s secret is in place."))


def show_fingerprints(fingerprints: Mapping[str, str]) -> Finding:
    """Tell the fingerprints, to compare with those of a backup or of another machine."""
    shown = [f"{name} {value[:SHOWN_CHARACTERS]}" for name, value in sorted(fingerprints.items())]
    return Finding(
        "keys.fingerprints", _("Fingerprints: %(fingerprints)s.", fingerprints=", ".join(shown) or _("none"))
    )
