"""Limits on guessing: a growing delay for each account, and a count of distinct accounts for each network."""

from __future__ import annotations

from datetime import timedelta

from itsdangerous import BadData, URLSafeTimedSerializer

from lms.accounts.addresses import normal_email
from lms.accounts.events import DoorStayedShut, SignInRefused
from lms.accounts.records import Person
from lms.accounts.rules import IMPORTED_PER_DAY, INVITED_PER_HOUR
from lms.foundation.events import announce
from lms.foundation.keys import fingerprint
from lms.foundation.text.i18n import ngettext
from lms.foundation.web import throttle
from lms.foundation.web.throttle import Growing

# From whatever network: ten attempts are free, then each waits twice as long as the one before.
BY_ACCOUNT = Growing(10, timedelta(minutes=15), timedelta(hours=4), timedelta(days=1))
# So many accounts may have slips in one network at a time; it takes a whole list of addresses to get there.
NETWORK_ACCOUNTS, NETWORK_WINDOW = 100, timedelta(minutes=15)
PASS_SECONDS = 15 * 60
LINK_EMAIL_WINDOW = timedelta(hours=1)
IMPORT_WINDOW = timedelta(days=1)
LINK_EMAILS, NETWORK_LINK_EMAILS = 3, 30
REFUSAL_WINDOW, REFUSALS = timedelta(hours=1), 30
# The second steps, each with a count of its own: whoever mistypes one of them may still use another.
CODE, RECOVERY = "second-step", "recovery-code"
PASSKEYS, PASSKEY_WINDOW = 100, timedelta(minutes=15)
LOGOUTS, LOGOUT_WINDOW = 100, timedelta(minutes=15)
EMAIL_CHANGES, EMAIL_CHANGE_WINDOW = 5, timedelta(days=1)


def wait_to_sign_in(email: str, network: str) -> timedelta | None:
    """Return how long the next sign-in with an address has to wait; the same for addresses that nobody has."""
    by_account = throttle.wait_after_last(f"sign-in:{normal_email(email)}", BY_ACCOUNT)
    by_network = throttle.wait_for(f"sign-in-network:{network}", NETWORK_ACCOUNTS, NETWORK_WINDOW)
    return max((wait for wait in (by_account, by_network) if wait), default=None)


def note_sign_in_miss(email: str, network: str, person_id: str | None = None) -> None:
    """Count a sign-in that did not work; its network counts each account once. Say whose account it was for."""
    address = normal_email(email)
    throttle.count_in_a_row(f"sign-in:{address}", BY_ACCOUNT)
    if throttle.count_miss(f"sign-in:{address}:{network}", NETWORK_WINDOW):
        throttle.count_miss(f"sign-in-network:{network}", NETWORK_WINDOW)
    announce(SignInRefused(person_id))


def forget_sign_in_misses(email: str, network: str) -> None:
    """Clear an account's count, as a sign-in that worked does."""
    throttle.forget_misses(f"sign-in:{normal_email(email)}")
    throttle.forget_misses(f"sign-in:{normal_email(email)}:{network}")


def make_pass(key: bytes, public_id: str) -> str:
    """Return what lets somebody who used a link from their email sign in past every delay."""
    return str(URLSafeTimedSerializer(key.hex(), salt="sign-in pass").dumps(public_id))


def passes(key: bytes, public_id: str, text: str) -> bool:
    """Decide whether a text is a pass of this person that was made in the last quarter of an hour."""
    try:
        found: str = URLSafeTimedSerializer(key.hex(), salt="sign-in pass").loads(text, max_age=PASS_SECONDS)
    except BadData:
        return False
    return found == public_id


def wait_to_confirm(email: str) -> timedelta | None:
    """Return how long somebody who is signed in has to wait before typing their own password again."""
    return throttle.wait_after_last(f"confirm:{email}", BY_ACCOUNT)


def note_confirm_miss(email: str, person_id: str) -> None:
    """Count that somebody who is signed in typed another password than their own; nobody else can add to this."""
    throttle.count_in_a_row(f"confirm:{email}", BY_ACCOUNT)
    announce(SignInRefused(person_id))


def wait_for_factor(kind: str, person: Person) -> timedelta | None:
    """Return how long somebody's next code of a kind has to wait."""
    return throttle.wait_after_last(f"{kind}:{person.email}", BY_ACCOUNT)


def note_factor_miss(kind: str, person: Person) -> None:
    """Count a code that didn't count; only whoever knows the password, or is signed in, can add to this."""
    throttle.count_in_a_row(f"{kind}:{person.email}", BY_ACCOUNT)
    announce(SignInRefused(person.id))


def forget_factor_misses(kind: str, person: Person) -> None:
    """Clear the count of a kind, as a code that worked does."""
    throttle.forget_misses(f"{kind}:{person.email}")


def wait_for_passkey(network: str) -> timedelta | None:
    """Return how long a network has to wait that sent many answers which no passkey of ours gave."""
    return throttle.wait_for(f"passkey-network:{network}", PASSKEYS, PASSKEY_WINDOW)


def note_passkey_miss(network: str, person_id: str | None) -> None:
    """Count an answer that no passkey of ours gave; say whose passkey it named."""
    throttle.count_miss(f"passkey-network:{network}", PASSKEY_WINDOW)
    announce(SignInRefused(person_id))


def wait_for_single_sign_on(network: str) -> timedelta | None:
    """Return how long a network has to wait from which many answers came that no provider of ours gave."""
    return throttle.wait_for(f"single-sign-on:{network}", PASSKEYS, PASSKEY_WINDOW)


def count_single_sign_on_miss(network: str) -> None:
    """Count an answer that nobody can be signed in with."""
    throttle.count_miss(f"single-sign-on:{network}", PASSKEY_WINDOW)


def wait_for_logout(network: str) -> timedelta | None:
    """Return how long a network has to wait that sent many logout tokens which our provider didn't sign."""
    return throttle.wait_for(f"single-sign-on-logout:{network}", LOGOUTS, LOGOUT_WINDOW)


def count_logout_miss(network: str) -> None:
    """Count a logout token that doesn't count."""
    throttle.count_miss(f"single-sign-on-logout:{network}", LOGOUT_WINDOW)


def is_first_use(token: str, window: timedelta) -> bool:
    """Note that the token with this fingerprint was used; False when it had been within the window."""
    return throttle.count_miss(f"used-once:{token}", window)


def count_email_change(person_id: str) -> timedelta | None:
    """Count that somebody asks for another email address; after a few a day, return how long to wait."""
    key = f"email-change:{fingerprint(person_id)}"
    wait = throttle.wait_for(key, EMAIL_CHANGES, EMAIL_CHANGE_WINDOW)
    if wait is None:
        throttle.count_miss(key, EMAIL_CHANGE_WINDOW)
    return wait


def count_refusal(person_id: str, refusal: DoorStayedShut) -> None:
    """Note that somebody was refused a staff page; past a number an hour, more of the same is not written down."""
    key = f"shut:{fingerprint(person_id)}"
    if not throttle.too_many(key, REFUSALS, REFUSAL_WINDOW):
        throttle.count_miss(key, REFUSAL_WINDOW)
        announce(refusal)


def may_ask_for_link(network: str) -> bool:
    """Decide whether a network may ask for a link to one more address that has no account yet."""
    return not throttle.too_many(f"new-account-link:{network}", NETWORK_LINK_EMAILS, LINK_EMAIL_WINDOW)


def count_new_account_link(email: str, network: str) -> bool:
    """Count that a link to a new account was asked for; return whether the address may get an email now."""
    key = f"new-account-link:{fingerprint(normal_email(email))}"
    if throttle.count_miss(f"{key}:{network}", LINK_EMAIL_WINDOW):
        throttle.count_miss(f"new-account-link:{network}", LINK_EMAIL_WINDOW)
    return _may_get_email(key)


def count_password_link(email: str) -> bool:
    """Count that a link to a new password was asked for; return whether the address may get an email now.

    Only the address counts: such an email goes to somebody with an account, and whoever shares a network with a visitor
    who asks for many addresses has no other way in.
    """
    return _may_get_email(f"password-link:{fingerprint(normal_email(email))}")


def count_invitations(programme_id: str, count: int) -> timedelta | None:
    """Count invitations of a programme; where an hour has no room for all of them, count none and return the wait."""
    return _count_all(f"invitations:{programme_id}", count, INVITED_PER_HOUR, LINK_EMAIL_WINDOW)


def count_imported(programme_id: str, count: int) -> timedelta | None:
    """Count invitations that a file brings; where a day has no room for all, count none and return the wait."""
    return _count_all(f"imported:{programme_id}", count, IMPORTED_PER_DAY, IMPORT_WINDOW)


def _count_all(key: str, count: int, most: int, window: timedelta) -> timedelta | None:
    wait = throttle.wait_for(key, most - count + 1, window)
    if wait is None:
        throttle.count_misses(key, window, count)
    return wait


def _may_get_email(key: str) -> bool:
    enough = throttle.too_many(key, LINK_EMAILS, LINK_EMAIL_WINDOW)
    throttle.count_miss(key, LINK_EMAIL_WINDOW)
    return not enough


def wait_in_words(wait: timedelta) -> str:
    """Return how long to wait, in whole minutes."""
    minutes = max(1, -(-int(wait.total_seconds()) // 60))
    return ngettext("%(num)s minute", "%(num)s minutes", minutes)
