"""Second-factor actions: set up, use, turn off and reset."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete

from lms.accounts import limits
from lms.accounts.events import (
    PasskeyAdded,
    PasskeyRemoved,
    RecoveryCodesMade,
    RecoveryCodeUsed,
    SecondFactorOff,
    SecondFactorReset,
    SecondFactorSet,
)
from lms.accounts.records import Person, get_person
from lms.accounts.second_factor import records, rules
from lms.accounts.second_factor.passkeys import NewPasskey, UsedPasskey
from lms.accounts.second_factor.records import AuthenticatorApp, Passkey, RecoveryCode, UsedChallenge
from lms.accounts.second_factor.sealing import open_secret
from lms.accounts.session_records import end_sign_ins
from lms.foundation import clock, ids
from lms.foundation.db import db
from lms.foundation.events import announce
from lms.foundation.keys import fingerprint

APP, PASSKEY = "app", "passkey"


def new_recovery_codes() -> list[str]:
    """Return fresh recovery codes, which are shown once; the database has only their fingerprints."""
    return [
        "".join(secrets.choice(rules.RECOVERY_ALPHABET) for _place in range(rules.RECOVERY_CHARACTERS))
        for _code in range(rules.RECOVERY_CODES)
    ]


def _mark_of(person_id: str, code: str) -> str:
    return fingerprint(f"{person_id}:{code}")


def replace_recovery_codes(person_id: str, codes: Sequence[str]) -> None:
    """Let these recovery codes count, and none from before."""
    db.session.execute(delete(RecoveryCode).where(RecoveryCode.person_id == person_id))
    for code in codes:
        db.session.add(RecoveryCode(code_sha256=_mark_of(person_id, code), person_id=person_id, created_at=clock.now()))
    announce(RecoveryCodesMade(person_id))


def set_up_app(person_id: str, sealed_secret: str, step: int, codes: Sequence[str]) -> bool:
    """Take an app whose code of a step was right, in place of the one before; return whether the codes are to be shown.

    Recovery codes from before stay, if there are any.
    """
    db.session.execute(delete(AuthenticatorApp).where(AuthenticatorApp.person_id == person_id))
    db.session.add(
        AuthenticatorApp(person_id=person_id, sealed_secret=sealed_secret, last_step=step, created_at=clock.now())
    )
    return _turn_on(person_id, APP, codes)


def ask_for_passkey(person_id: str, codes: Sequence[str]) -> bool:
    """Ask for a passkey after the password; return whether the recovery codes are to be shown."""
    if not records.list_passkeys(person_id):
        return False
    return _turn_on(person_id, PASSKEY, codes)


def _turn_on(person_id: str, kind: str, codes: Sequence[str]) -> bool:
    person = get_person(person_id)
    person.second_factor_at = person.second_factor_at or clock.now()
    announce(SecondFactorSet(person_id, kind))
    if records.count_recovery_codes(person_id):
        return False
    replace_recovery_codes(person_id, codes)
    return True


def turn_off(person_id: str) -> None:
    """Ask for the password alone again; passkeys stay, and sign their holder in as before."""
    _forget_second_step(person_id)
    announce(SecondFactorOff(person_id))


def _forget_second_step(person_id: str) -> None:
    get_person(person_id).second_factor_at = None
    for table in (AuthenticatorApp, RecoveryCode):
        db.session.execute(delete(table).where(table.person_id == person_id))


def forget_factors_since(person_id: str, moment: datetime) -> None:
    """Take away what was added to an account since a moment; without app and passkey, the password is enough again."""
    for table in (AuthenticatorApp, RecoveryCode, Passkey):
        db.session.execute(delete(table).where(table.person_id == person_id, table.created_at >= moment))
    db.session.expire_all()
    if records.find_app(person_id) is None and not records.list_passkeys(person_id):
        get_person(person_id).second_factor_at = None


def reset(person_id: str, programme_id: str | None = None) -> bool:
    """Take app, passkeys and recovery codes from somebody who lost them; return whether there were any.

    Their sign-ins end too: a phone that was lost may be signed in.
    """
    had_any = get_person(person_id).second_factor_at is not None or bool(records.list_passkeys(person_id))
    if had_any:
        _forget_second_step(person_id)
        db.session.execute(delete(Passkey).where(Passkey.person_id == person_id))
        end_sign_ins(person_id)
        announce(SecondFactorReset(person_id, programme_id))
    return had_any


def use_code(person_id: str, code: str, key: bytes) -> bool:
    """Take a code of somebody's app, once; one that doesn't count is noted against the account."""
    app = records.find_app(person_id)
    secret = open_secret(key, app.sealed_secret, "app", person_id) if app else None
    step = rules.matching_step(secret, code, clock.now(), app.last_step) if app and secret else None
    if app is None or step is None:
        limits.note_factor_miss(limits.CODE, get_person(person_id))
        return False
    app.last_step = step
    limits.forget_factor_misses(limits.CODE, get_person(person_id))
    return True


def use_recovery_code(person_id: str, code: str) -> bool:
    """Take one of somebody's recovery codes, which then is gone."""
    if not records.take_recovery_code(person_id, _mark_of(person_id, code)):
        limits.note_factor_miss(limits.RECOVERY, get_person(person_id))
        return False
    limits.forget_factor_misses(limits.RECOVERY, get_person(person_id))
    announce(RecoveryCodeUsed(person_id, records.count_recovery_codes(person_id)))
    return True


def add_passkey(person_id: str, new: NewPasskey, name: str) -> bool:
    """Add a passkey to an account; False when it's there already."""
    if records.find_passkey(new.credential_id):
        return False
    db.session.add(
        Passkey(
            credential_id=new.credential_id,
            public_id=ids.public_id(),
            person_id=person_id,
            public_key=new.public_key,
            sign_count=new.sign_count,
            name=name,
            created_at=clock.now(),
        )
    )
    db.session.flush()
    announce(PasskeyAdded(person_id))
    return True


def remove_passkey(person_id: str, public_id: str) -> bool:
    """Remove one of somebody's passkeys, unless it's all they have for the second step; return whether it's gone."""
    passkey = records.find_own_passkey(person_id, public_id)
    if passkey is None:
        return True
    needed = get_person(person_id).second_factor_at is not None and records.find_app(person_id) is None
    if needed and len(records.list_passkeys(person_id)) == 1:
        return False
    db.session.delete(passkey)
    db.session.flush()
    announce(PasskeyRemoved(person_id))
    return True


def use_passkey(used: UsedPasskey) -> Person | None:
    """Take a passkey's answer to a challenge, once; return whose passkey it is, if their account is open."""
    mark = fingerprint(used.challenge)
    passkey = records.find_passkey(used.credential_id)
    if passkey is None or db.session.get(UsedChallenge, mark) is not None:
        return None
    person = get_person(passkey.person_id)
    if person.disabled_at is not None:
        return None
    db.session.add(UsedChallenge(challenge_sha256=mark, used_at=clock.now()))
    passkey.sign_count, passkey.last_used_at = used.sign_count, clock.now()
    return person
