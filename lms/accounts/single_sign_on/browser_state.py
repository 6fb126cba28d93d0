"""What ties a sign-in at the provider to one browser: signed, in cookies that end within minutes."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any, TypeVar

from flask import Response, request
from itsdangerous import BadData, URLSafeSerializer

from lms.accounts.rules import Vouched
from lms.accounts.single_sign_on.rules import Identity
from lms.foundation import clock
from lms.foundation.keys import fingerprint, secret_key
from lms.foundation.web.security import settings

UNDER_WAY_SECONDS, TO_CONNECT_SECONDS = 600, 1800
UNDER_WAY, TO_CONNECT = "single-sign-on", "single-sign-on-connect"

T = TypeVar("T", "UnderWay", "ToConnect")


@dataclass(frozen=True)
class UnderWay:
    """A sign-in for which a browser was sent to the provider: what has to come back, and where it goes on."""

    state: str
    nonce: str
    verifier: str
    target: str


@dataclass(frozen=True)
class ToConnect:
    """An identity that waits until its owner has signed in to the account that they have here already."""

    public_id: str
    issuer: str
    subject: str
    email: str
    given: tuple[str, ...]
    second_step: bool
    vouched_until: float
    session: str
    target: str

    @property
    def identity(self) -> Identity:
        """The identity itself; its name isn't needed, because the account has one."""
        return Identity(self.issuer, self.subject, self.email, "", tuple(self.given), self.second_step)

    @property
    def vouched(self) -> Vouched:
        """Until when the provider's word of this sign-in counts."""
        return Vouched(datetime.fromtimestamp(self.vouched_until, UTC), self.second_step, self.session)


def _name(name: str) -> str:
    return f"__Host-{name}" if settings().secure else name


def _serializer(purpose: str) -> URLSafeSerializer:
    return URLSafeSerializer(secret_key(settings().data).hex(), salt=purpose)


def _give(response: Response, name: str, value: UnderWay | ToConnect, seconds: int, purpose: str) -> None:
    text = _serializer(purpose).dumps([int(clock.now().timestamp()), asdict(value)])
    response.set_cookie(
        _name(name), str(text), max_age=seconds, httponly=True, secure=settings().secure, samesite="Lax", path="/"
    )


def _read(kind: type[T], name: str, seconds: int, purpose: str) -> T | None:
    try:
        made, values = _serializer(purpose).loads(request.cookies.get(_name(name), ""))
    except BadData:
        return None
    fresh = 0 <= clock.now().timestamp() - made < seconds
    return kind(**values) if fresh else None


def _take(response: Any, name: str) -> None:
    response.delete_cookie(_name(name), path="/", secure=settings().secure, httponly=True, samesite="Lax")


def _place_of(state: str) -> str:
    # One for each sign-in, so that two tabs can be on their way at once.
    return f"{UNDER_WAY}-{fingerprint(state)[:12]}"


def remember_under_way(response: Response, value: UnderWay) -> None:
    """Put a sign-in that was started into the browser."""
    _give(response, _place_of(value.state), value, UNDER_WAY_SECONDS, UNDER_WAY)


def find_under_way(state: str) -> UnderWay | None:
    """Return the sign-in that this browser started with a state within the last ten minutes."""
    found = _read(UnderWay, _place_of(state), UNDER_WAY_SECONDS, UNDER_WAY)
    return found if found and found.state == state else None


def forget_under_way(response: Any, state: str) -> None:
    """Take a sign-in out of the browser, so that its answer counts once."""
    _take(response, _place_of(state))


def remember_to_connect(response: Response, value: ToConnect) -> None:
    """Let an identity wait in the browser."""
    _give(response, TO_CONNECT, value, TO_CONNECT_SECONDS, TO_CONNECT)


def find_to_connect() -> ToConnect | None:
    """Return the identity that waits in this browser, for half an hour."""
    return _read(ToConnect, TO_CONNECT, TO_CONNECT_SECONDS, TO_CONNECT)


def forget_to_connect(response: Any) -> None:
    """Take it out of the browser."""
    _take(response, TO_CONNECT)
