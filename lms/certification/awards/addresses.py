"""Full addresses that certificates and badges carry."""

from __future__ import annotations

from flask import url_for

from lms.foundation.config.settings import Settings


def verify_address(settings: Settings, code: str) -> str:
    """Return the full address at which anybody can verify a code."""
    return f"{settings.base_url}{url_for('certification.verify', code=code)}"


def badge_address(settings: Settings, code: str) -> str:
    """Return the full address at which everybody has a badge once its holder has opened it."""
    return f"{settings.base_url}{url_for('certification.open_badge', code=code)}"


def qr_address(settings: Settings, code: str) -> str:
    """Return the address in a certificate's QR code, in capitals, which makes the code smallest."""
    return f"{settings.base_url}/V/{code}".upper()


def status_address(settings: Settings, number: int) -> str:
    """Return the full address of a list of withdrawn badges."""
    return f"{settings.base_url}{url_for('certification.status_list', number=number)}"
