"""Reissue a certificate, or reinstate one that was withdrawn."""

from __future__ import annotations

from typing import Literal

from lms.accounts.records import get_person
from lms.certification.awards import name_records, records
from lms.certification.awards import observations as award_observations
from lms.certification.awards.actions import name_of_next, put_name
from lms.certification.awards.events import (
    CertificateIssued,
    CertificateReinstated,
    CertificateReplaced,
    NameAsked,
    NameNotChanged,
)
from lms.certification.awards.name_records import NameRequest
from lms.certification.awards.naming.confirming import confirm_name
from lms.certification.awards.records import Award
from lms.foundation import clock
from lms.foundation.db import db
from lms.foundation.events import announce
from lms.foundation.refused import Refused
from lms.foundation.text.i18n import gettext as _

Because = Literal["name", "fault", "key"]


def can_be_reissued(award: Award) -> bool:
    """Decide whether a certificate is current and has a name, so that it can be reissued."""
    return award.current_for is not None and not award.waiting and award.withdrawn_at is None and bool(award.name)


def request_name(award_id: str) -> Refused | None:
    """Ask the programme for a certificate in the name that its holder has chosen since."""
    award = records.get_award(award_id)
    name = get_person(award.person_id).certificate_name
    if not can_be_reissued(award) or not name or name == award.name:
        return Refused(_("There’s no other name to put on this certificate. Nothing was changed."))
    request = name_records.find_name_request(award_id)
    if request is None:
        request = NameRequest(award_id=award_id, name=name, asked_at=clock.now())
        db.session.add(request)
    request.name = name
    db.session.flush()
    announce(NameAsked(award.id, award.person_id, award.programme_id))
    return None


def cancel_name_request(award_id: str) -> None:
    """Cancel a request for another name; the certificate stays as it is."""
    request = name_records.find_name_request(award_id)
    if request is not None:
        award = records.get_award(award_id)
        db.session.delete(request)
        announce(NameNotChanged(award.id, award.person_id, award.programme_id))


def reissue_certificate(award_id: str, because: Because, by: str | None = None) -> Award | Refused:
    """Reissue a current certificate: same dates and attestation, a new code, and the name its holder uses now.

    A coordinator who reissues it in a name that was asked for has confirmed that name. When the
    reason is only that its key isn't trusted any more, the name stays, and so does a request for another name.

    The earlier one stays and says that it was replaced; nobody who looks up its code sees the name on it.
    """
    old = records.get_award(award_id)
    if not can_be_reissued(old):
        return Refused(_("This certificate can’t be reissued, because it was withdrawn or replaced."))
    if refused := _refused_for_harm(old):
        return refused
    request = name_records.find_name_request(award_id)
    name = request.name if because == "name" and request else name_of_next(old)
    if because == "key":
        name = old.name
    new = old.successor("reissued")
    put_name(new, name)
    old.replaced_by, old.name_shown = new.id, False
    old.badge_open = None if old.badge_open is None else False
    for earlier in records.list_awards_of_enrolment(old.enrolment_id) if name != old.name else ():
        # Somebody with a new name doesn't want the old one to be shown on earlier certificates, either.
        earlier.name_shown, earlier.badge_open = False, earlier.badge_open and False
    records.follow(old, new)
    if request is not None and because == "key":
        db.session.add(NameRequest(award_id=new.id, name=request.name, asked_at=request.asked_at))
    if request is not None:
        db.session.delete(request)
    if because == "name" and by:
        confirm_name(new.id, by)
    announce(CertificateReplaced(old.id, old.person_id, old.programme_id, new.id, because))
    announce(CertificateIssued(new.id, new.person_id, new.programme_id, new.record_sha256()))
    return new


def reinstate(award_id: str) -> Refused | None:
    """Take a withdrawal back; the next look at its code finds it as it was. Readiness on hold stays withdrawn."""
    award = records.get_award(award_id)
    if award.withdrawn_at is None:
        return None
    if refused := _refused_for_harm(award):
        return refused
    award.withdrawn_at = award.withdrawn_reason = None
    announce(CertificateReinstated(award.id, award.person_id, award.programme_id))
    return None


def _refused_for_harm(award: Award) -> Refused | None:
    if award.level != "ready" or not award_observations.is_held_back(award.enrolment_id):
        return None
    return Refused(
        _(
            "Since then, practice was recorded that could have done harm. We don’t issue “ready to practise” until"
            " later practice goes well. Nothing was changed."
        )
    )
