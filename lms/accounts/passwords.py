"""Passwords: Argon2id hashes, and a check for passwords that are easy to guess."""

from __future__ import annotations

import ctypes
import os
import sys
import unicodedata
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache
from typing import TYPE_CHECKING, ParamSpec, TypeVar

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from lms.accounts import limits
from lms.accounts.records import Person
from lms.accounts.rules import PASSWORD_LEAST, PASSWORD_MOST
from lms.foundation.db import write
from lms.foundation.late import late
from lms.foundation.text.i18n import gettext as _
from lms.foundation.web.fields import Form

if TYPE_CHECKING:
    import zxcvbn
else:
    zxcvbn = late("zxcvbn")  # 0.1 s and 12 MB of words, which only pages that set a password need

_hasher = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
# Beside pages that others read, a hash gets about a quarter of a processor; alone, it gets all of one.
STEPS_BACK = 5

P = ParamSpec("P")
T = TypeVar("T")

_hashing: ThreadPoolExecutor
# How many hashes were asked for in this process.
_asked = 0
# What glibc has: it keeps memory that was freed, 38 MB of hashes in each process, until it's told to give it back.
_give_back = getattr(ctypes.CDLL(None), "malloc_trim", None) if sys.platform == "linux" else None


def _step_back() -> None:
    # On Linux alone, a thread has a priority of its own.
    if sys.platform == "linux":
        os.nice(STEPS_BACK)


def _start() -> None:
    """Let one thread of this process do all hashes, so that many people who sign in at once leave pages a processor."""
    global _hashing
    _hashing = ThreadPoolExecutor(1, "passwords", _step_back)


_start()
# Threads stay behind in a fork.
os.register_at_fork(after_in_child=_start)


def _in_turn(hashing: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Return what a call of the hasher returns, made in the one thread for it while this one waits."""
    global _asked
    _asked += 1
    try:
        return _hashing.submit(hashing, *args, **kwargs).result()
    finally:
        _hashing.submit(_rest_after, _asked)


def _rest_after(asked: int) -> None:
    """Give memory back if no hash was asked for since: the next one needs 12 ms more, so it isn't done between them."""
    if _give_back is not None and asked == _asked:
        _give_back(0)


@lru_cache(maxsize=1)
def _nobody() -> str:
    return _hasher.hash("nobody has this password")


def hash_password(password: str) -> str:
    """Return the hash to keep; it takes tens of milliseconds and must stand outside every write."""
    return _in_turn(_hasher.hash, unicodedata.normalize("NFKC", password))


def matches(password_hash: str | None, password: str) -> bool:
    """True when a password fits; an unknown person costs the same work."""
    against = password_hash or _nobody()
    try:
        return _in_turn(_hasher.verify, against, unicodedata.normalize("NFKC", password)) and bool(password_hash)
    except (VerificationError, InvalidHashError):
        return False


def what_is_weak(password: str, about: list[str]) -> str | None:
    """Return what to change about a new password, or None; `about` are words close to the person."""
    if len(password) < PASSWORD_LEAST:
        return _("Please use at least %(least)s characters. Fifteen or more is better.", least=PASSWORD_LEAST)
    if len(password) > PASSWORD_MOST:
        return _("Please use at most %(most)s characters.", most=PASSWORD_MOST)
    if zxcvbn.zxcvbn(password[:72], user_inputs=[word for word in about if word])["score"] < 2:
        return _(
            "This password is easy to guess. A few unrelated words in a row are easy to remember and hard to guess."
        )
    return None


def will_do(form: Form, name: str, about: list[str]) -> bool:
    """Decide whether a new password is hard enough to guess; `about` are words close to the person."""
    weak = what_is_weak(form[name].data or "", [*about, "sidelight"])
    if weak:
        form.refuse(name, weak)
    return weak is None


def knows_password(me: Person, form: Form, name: str) -> bool:
    """Decide whether a field holds the password of somebody signed in; tries that do not work are counted."""
    problem = problem_with_password(me, form[name].data or "")
    if problem:
        form.refuse(name, problem)
    return problem is None


def problem_with_password(me: Person, password: str) -> str | None:
    """Return what to say when a text isn't the password of somebody signed in; None when it is."""
    wait = limits.wait_to_confirm(me.email)
    if wait:
        said = _("There have been too many attempts. Nothing has changed. Please wait %(wait)s, then try again.")
        return said % {"wait": limits.wait_in_words(wait)}
    if matches(me.password_hash, password[: PASSWORD_MOST + 1]):
        return None
    write(limits.note_confirm_miss, me.email, me.id)
    return _("That’s not the current password of this account. Please check it and try again.")
