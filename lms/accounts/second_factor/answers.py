"""What a request brings as proof of who somebody is: a code, a recovery code or a passkey's answer."""

from __future__ import annotations

import os

from lms.accounts import limits
from lms.accounts.records import Person
from lms.accounts.second_factor import actions, passkeys, records, rules, sealing
from lms.foundation.db import write
from lms.foundation.keys import secret_key
from lms.foundation.text.i18n import gettext as _
from lms.foundation.web.security import network_today, settings


def site_key() -> bytes:
    """Return the site's key."""
    return secret_key(settings().data)


def new_challenge() -> tuple[str, str]:
    """Return a challenge for a passkey, and the same one signed, as it comes back."""
    challenge = passkeys.as_text(os.urandom(passkeys.CHALLENGE_BYTES))
    return challenge, sealing.sign_challenge(site_key(), challenge)


def _please_wait(kind: str, person: Person) -> str | None:
    wait = limits.wait_for_factor(kind, person)
    if wait is None:
        return None
    said = _("There have been too many attempts. Nothing has changed. Please wait %(wait)s, then try again.")
    return said % {"wait": limits.wait_in_words(wait)}


def problem_with_code(person: Person, text: str) -> str | None:
    """Take a code of somebody's app; return what to say when it can't be taken."""
    code = rules.read_code(text)
    if code is None:
        return _("A code from your app has six digits. Please enter the one it shows now.")
    waits = _please_wait(limits.CODE, person)
    if waits or write(actions.use_code, person.id, code, site_key()):
        return waits
    return _(
        "That code doesn’t match. Each code works once, so please wait for the next one. If this happens again, check "
        "that your phone sets its time automatically."
    )


def problem_with_recovery_code(person: Person, text: str) -> str | None:
    """Take one of somebody's recovery codes; return what to say when it can't be taken."""
    code = rules.read_recovery_code(text)
    if code is None:
        return _("A recovery code has 16 letters and numbers. Please check it and enter it again.")
    waits = _please_wait(limits.RECOVERY, person)
    if waits or write(actions.use_recovery_code, person.id, code):
        return waits
    return _("That recovery code doesn’t match, or it has been used before. Please enter another one.")


def who_answered(answer: str, signed_challenge: str) -> Person | str:
    """Return whose passkey answered a challenge of ours, or what to say when none did."""
    wait = limits.wait_for_passkey(network_today())
    if wait:
        said = _("There have been too many attempts with a passkey. Please wait %(wait)s, or use another way.")
        return said % {"wait": limits.wait_in_words(wait)}
    challenge = sealing.read_challenge(site_key(), signed_challenge)
    if challenge is None:
        return _("That took a little too long, so the passkey wasn’t used. Please choose it again.")
    passkey = records.find_passkey(passkeys.name_in(answer))
    used = passkeys.read_used(settings(), answer, challenge, passkey) if passkey else None
    person = write(actions.use_passkey, used) if used else None
    if person is None:
        write(limits.note_passkey_miss, network_today(), passkey.person_id if passkey else None)
        return _("We couldn’t use that passkey. It may have been removed from your account. Please use another way.")
    return person
