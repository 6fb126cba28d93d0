"""Email addresses in lower case with their domain in IDNA's ASCII form, where they were stored otherwise."""

import logging

import idna
import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"

log = logging.getLogger("lms.migrations")


def one_form(address: str) -> str:
    """Return an address as this version stores it; what has no domain that IDNA knows stays as it is."""
    local, at, domain = address.strip().rpartition("@")
    try:
        known = idna.encode(domain, uts46=True, std3_rules=True, transitional=False).decode("ascii")
    except idna.IDNAError:
        return address
    return f"{local.lower()}{at}{known.lower()}" if local else address


def upgrade() -> None:
    """Go forward; an address that another account has in this form already is left alone and told in the log."""
    bind = op.get_bind()
    person = sa.table("person", sa.column("id"), sa.column("public_id"), sa.column("email"))
    rows = bind.execute(sa.select(person.c.id, person.c.public_id, person.c.email).order_by(person.c.id)).all()
    taken = {row.email for row in rows}
    for row in rows:
        address = one_form(row.email)
        if address == row.email:
            continue
        if address in taken:
            log.warning(
                "the account %s has the address of another one written differently; see: lms people list", row.public_id
            )
            continue
        taken.add(address)
        bind.execute(person.update().where(person.c.id == row.id).values(email=address))
    invitation = sa.table("invitation", sa.column("token_sha256"), sa.column("email"))
    for row in bind.execute(sa.select(invitation).where(invitation.c.email.is_not(None))).all():
        values = {"email": one_form(row.email)}
        bind.execute(invitation.update().where(invitation.c.token_sha256 == row.token_sha256).values(**values))
