"""Account actions: register, sign in and out, change names and passwords."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from lms.accounts import limits, records, rules
from lms.accounts.addresses import NotDeliverable, is_sign_in_name, normal_email, read_address, skeleton
from lms.accounts.events import (
    ListExported,
    MembershipGiven,
    NamesChanged,
    NewDevice,
    OperatorNamed,
    PasswordChanged,
    PasswordLinkHandedOut,
    PasswordLinkMade,
    PersonRegistered,
    ProgrammeSet,
    SignedIn,
    SignedOut,
)
from lms.accounts.records import Membership, PasswordLink, Person, Programme
from lms.accounts.session_records import (
    KnownDevice,
    SignIn,
    end_session,
    end_sign_ins,
    list_devices,
    move_session,
    vouched_for,
)
from lms.foundation import clock, ids
from lms.foundation.audit.entries import acting_person
from lms.foundation.config.settings import Settings
from lms.foundation.db import db
from lms.foundation.events import announce
from lms.foundation.keys import fingerprint
from lms.foundation.mail import outbox as mail_outbox
from lms.foundation.mail.templates import Email
from lms.foundation.text.i18n import gettext as _


@dataclass(frozen=True)
class FormError:
    """An expected "no": which field, and what to say."""

    field: str
    message: str


def check_address(email: str) -> str | FormError:
    """Return an address as it is stored; one that mail cannot reach, or that reads as a colleague's, is refused."""
    return check_addresses([email])[email]


def check_addresses(emails: Collection[str]) -> dict[str, str | FormError]:
    """Return for each text what `check_address` returns, with one look into an index for all of them together."""
    found = {email: read_address(email) for email in emails}
    colleagues: dict[str, set[str]] = {}
    looks = {skeleton(address) for address in found.values() if isinstance(address, str)}
    for look, other in records.list_staff_looking_like(looks):
        colleagues.setdefault(look, set()).add(other)
    return {email: _check_look(address, colleagues) for email, address in found.items()}


def _check_look(address: str | NotDeliverable, colleagues: Mapping[str, set[str]]) -> str | FormError:
    if isinstance(address, NotDeliverable):
        return FormError("email", address.reason)
    if colleagues.get(skeleton(address), set()) - {address}:
        return FormError("email", _("This address looks too much like a colleague’s. Please use another one."))
    return address


def register(
    email: str,
    display_name: str,
    password_hash: str,
    certificate_name: str | None = None,
    *,
    proven: bool = True,
    known_as: str = "",
) -> Person | FormError:
    """Make an account; an address that has one already is refused. No certificate name means the same name.

    `known_as` is the name in their invitation, if it had one. `proven` says that the
    address is known to be this person's; without it they get no role above learner. A sign-in name comes from a printed
    invitation; forms take nothing but addresses.
    """
    address = email if is_sign_in_name(email) else check_address(email)
    if isinstance(address, FormError):
        return address
    if records.find_person_by_email(address):
        return FormError("email", _("There is already an account with this address. You can sign in with it."))
    person = Person(
        id=ids.inner_id(),
        public_id=ids.public_id(),
        email=address,
        display_name=display_name,
        joined_as=known_as or display_name,
        certificate_name=display_name if certificate_name is None else certificate_name,
        password_hash=password_hash,
        operator=False,
        email_proven_at=clock.now() if proven else None,
        created_at=clock.now(),
    )
    db.session.add(person)
    db.session.flush()
    announce(PersonRegistered(person.id))
    return person


def give_role(person_id: str, programme_id: str, role: str) -> None:
    """Give somebody a role; their open sign-ins end, so that the next one has a new id.

    Links to a new password end too: one that was handed out for an account with fewer roles doesn't open more.
    """
    if role in records.roles_of(person_id).get(programme_id, []):
        return
    db.session.add(
        Membership(id=ids.inner_id(), programme_id=programme_id, person_id=person_id, role=role, created_at=clock.now())
    )
    end_sign_ins(person_id)
    records.end_password_links(person_id)
    announce(MembershipGiven(person_id, programme_id, role))


def name_operator(person_id: str) -> None:
    """Let somebody run the site; open sign-ins and links to a new password end, as with every role."""
    records.get_person(person_id).operator = True
    end_sign_ins(person_id)
    records.end_password_links(person_id)
    announce(OperatorNamed(person_id))


def note_export(programme_id: str | None, kind: str, count: int) -> None:
    """Note that a list with so many rows left as a file or on a terminal."""
    announce(ListExported(programme_id, kind, count))


def _meet_device(person_id: str, kind: str) -> None:
    """Remember the kind of device; one that is new beside others is told of."""
    known = {row.kind: row for row in list_devices(person_id)}
    lately = [row for row in known.values() if clock.now() - row.seen_at < rules.DEVICE_KEPT]
    if kind in known:
        known[kind].seen_at = clock.now()
    else:
        db.session.add(KnownDevice(person_id=person_id, kind=kind, seen_at=clock.now()))
    if lately and known.get(kind) not in lately:
        announce(NewDevice(person_id, kind))


def sign_in(
    person_id: str,
    own_device: bool,
    email: str,
    network: str,
    former: str | None = None,
    device: str = "",
    vouched: rules.Vouched | None = None,
) -> str:
    """Begin a session and return its token; the one the browser had before ends.

    Where that one counted on a provider's word, the new one of the same person does so no longer than it would have.
    """
    token = ids.secret_token()
    if former:
        vouched = vouched or vouched_for(former, person_id)
        end_session(former)
    db.session.add(
        SignIn(
            token_sha256=fingerprint(token),
            public_id=ids.public_id(),
            person_id=person_id,
            own_device=own_device,
            created_at=clock.now(),
            last_seen_at=clock.now(),
            vouched_until=vouched.until if vouched else None,
            second_step_elsewhere=vouched is not None and vouched.second_step,
            elsewhere_sha256=(vouched.session or None) if vouched else None,
        )
    )
    limits.forget_sign_in_misses(email, network)
    acting_person.set(person_id)
    records.ask_for_factor(person_id)
    announce(SignedIn(person_id))
    _meet_device(person_id, device)
    return token


def sign_out(person_id: str, token_sha256: str) -> None:
    """End the session of this browser."""
    end_session(token_sha256)
    announce(SignedOut(person_id, 1))


def end_sign_in(person_id: str, public_id: str) -> None:
    """End one of a person's own sign-ins, on whatever device it is."""
    announce(SignedOut(person_id, end_sign_ins(person_id, public_id=public_id)))


def end_other_sign_ins(person_id: str, keep: str) -> None:
    """End all of a person's sign-ins but this one."""
    announce(SignedOut(person_id, end_sign_ins(person_id, keep=keep)))


def change_password(person_id: str, password_hash: str, keep: str | None = None) -> None:
    """Set another password; all sign-ins end but the one to keep, and no link to a new password is left."""
    records.get_person(person_id).password_hash = password_hash
    records.end_password_links(person_id)
    end_sign_ins(person_id, keep=keep)
    announce(PasswordChanged(person_id))


def change_own_password(person_id: str, password_hash: str, session_mark: str) -> str:
    """Set another password from a session, which goes on under a new token; return the token."""
    token = ids.secret_token()
    change_password(person_id, password_hash, session_mark)
    move_session(session_mark, fingerprint(token))
    return token


def make_password_link(
    person_id: str | None, token: str, handed_out_in: str | None = None, by_role: str = "coordinator"
) -> None:
    """Let a token lead to a new password once, within the hour; the ones before it end.

    `handed_out_in` is the programme whose staff hand it to somebody who can't get our email, in the role `by_role`.
    """
    records.end_password_links(person_id)
    until = clock.now() + timedelta(hours=rules.PASSWORD_LINK_HOURS)
    db.session.add(PasswordLink(token_sha256=fingerprint(token), person_id=person_id, expires_at=until))
    if person_id and handed_out_in:
        announce(PasswordLinkHandedOut(person_id, handed_out_in, by_role))
    else:
        announce(PasswordLinkMade(person_id))


def send_password_link(settings: Settings, email: str, token: str, email_text: Email) -> None:
    """Send an email with a link to whoever has the address; one that nobody has changes nothing that can be seen."""
    may_get_one = limits.count_password_link(email)
    person = records.find_person_by_email(normal_email(email))
    if may_get_one:
        # The same is written for an address that nobody has, so that the answer takes as long; that email never leaves.
        known = person if person and person.disabled_at is None else None
        make_password_link(known.id if known else None, token)
        mail_outbox.queue_mail(
            settings, known.email if known else "", *email_text, any_hour=True, leaves=known is not None
        )


def use_password_link(token: str, password_hash: str) -> bool:
    """Set a new password by a one-time link and sign out everywhere; False when the link has ended."""
    person_id = records.take_password_link(fingerprint(token))
    if person_id is None:
        return False
    change_password(person_id, password_hash)
    return True


def change_names(person_id: str, display_name: str, certificate_name: str) -> None:
    """Change the name others see and the name for certificates to come."""
    person = records.get_person(person_id)
    person.display_name, person.certificate_name = display_name, certificate_name
    announce(NamesChanged(person_id))


def set_programme(
    slug: str, name: str | None, facts: dict[str, Any], hold_unreviewed: bool | None = None, *, touch_hold: bool = False
) -> Programme:
    """Make a programme, or set its name and facts; a fact set to nothing is removed."""
    programme = records.find_programme(slug)
    if programme is None:
        programme = Programme(id=ids.inner_id(), slug=slug, name=name or slug, facts={}, created_at=clock.now())
        db.session.add(programme)
        db.session.flush()
    before = {"name": programme.name, "hold_unreviewed": programme.hold_unreviewed, **programme.facts}
    programme.name = name or programme.name
    programme.facts = {key: value for key, value in {**programme.facts, **facts}.items() if value}
    if touch_hold:
        programme.hold_unreviewed = hold_unreviewed
    after = {"name": programme.name, "hold_unreviewed": programme.hold_unreviewed, **programme.facts}
    changed = (key for key in before | after if before.get(key) != after.get(key))
    announce(ProgrammeSet(programme.id, tuple(sorted(changed))))
    return programme
