"""`lms audit verify` names the certificates that were changed in the database, by their codes, and no others."""

from __future__ import annotations

import json

import pytest
import sqlalchemy as sa

from lms.all_rooms import delete_person
from lms.certification.awards import actions, records, reissue
from lms.certification.awards.codes import grouped
from lms.certification.verification.trail_check import list_without_event
from lms.foundation.db import db
from tests.builders.backups import at
from tests.builders.learning import earn
from tests.conftest import Site

OF_SAM = "WHERE code = :code"
# What somebody sets in the record of Sam's certificate, and what is said of it then.
SET: dict[str, str] = {
    "title = 'Surgery'": "changed",
    "valid_until = '2099-01-01'": "changed",
    "passed_on = '2020-01-01'": "changed",
    "code = 'A'": "changed",
    "person_id = (SELECT id FROM person WHERE email = 'lena@example.org')": "changed",
    'facts = \'{"level": "ready"}\'': "changed",
    "facts = '[]'": "changed",
    "withdrawn_at = '2026-01-01', withdrawn_reason = 'issued in error'": "withdrawn",
    "waiting = true": "changed",
    "replaced_by = 'x'": "changed",
    "renewed_by = 'x'": "changed",
}
# What only SQLite takes.
SET_UNREADABLE = {"facts = '{'": "changed", "valid_until = 'never'": "changed"}
COPIED = (
    "programme_id, person_id, enrolment_id, course_id, digest, version, title, name, facts, passed_on, waiting, cycle"
)
SPOILED = {
    **{f"UPDATE award SET {values} {OF_SAM}": what for values, what in SET.items()},
    "UPDATE document SET sha256 = 'x'": "PDF changed",
    f"INSERT INTO award (id, code, name_shown, {COPIED}) "
    f"SELECT 'x', 'ADDED', name_shown, {COPIED} FROM award {OF_SAM}": "added",
}
UNREADABLE = {f"UPDATE award SET {values} {OF_SAM}": what for values, what in SET_UNREADABLE.items()}
TABLES = ("render_request", "document", "credential", "award")


def found(site: Site) -> dict[str, str]:
    with site.inside():
        return {each.code: each.what for each in list_without_event()}


def change(site: Site, statement: str, code: str) -> None:
    with site.inside(), db.engine.begin() as connection:
        query = sa.text(statement)
        assert connection.execute(query, {"code": code} if ":code" in statement else {}).rowcount == 1, statement


def test_a_certificate_that_was_changed_in_the_database_is_named(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    code, _lenas = earn(site, document=True), earn(site, "lena")
    assert found(site) == {}
    with site.inside(), db.engine.connect() as connection:
        metadata = sa.MetaData()
        metadata.reflect(connection, only=TABLES)
        table = metadata.tables["award"]
        award = dict(connection.execute(sa.select(table).where(table.c.code == code)).mappings().one())
        sha256 = connection.execute(sa.text("SELECT sha256 FROM document")).scalar_one()
    for statement, what in (SPOILED | (UNREADABLE if site.settings.sqlite else {})).items():
        change(site, statement, code)
        named = "ADDED" if "INSERT" in statement else "A" if "SET code" in statement else code
        assert found(site).get(named) == what, (statement, found(site))
        with site.inside(), db.engine.begin() as connection:
            connection.execute(sa.delete(table).where(table.c.id == "x"))
            connection.execute(sa.update(table).where(table.c.id == award["id"]).values(award))
            connection.execute(sa.text("UPDATE document SET sha256 = :sha256"), {"sha256": sha256})
    assert found(site) == {}

    change(site, next(iter(SPOILED)), code)
    lms = at(site.settings.data, site.settings.database_url, monkeypatch)
    assert lms("audit", "seal").exit_code == 0
    told = lms("audit", "verify")
    assert told.exit_code == 1 and f"The certificate {grouped(code)} was changed without an event." in told.output
    assert "Sam" not in told.output and "sealed entries are as they were sealed." in told.output
    report = json.loads(lms("audit", "verify", "--json").output)
    assert report["first_certificates"] == [{"code": code, "what": "changed"}] and not report["whole"]
    assert report["unsealed"] == 0 and report["newest_mac"] in told.output
    told = lms("audit", "verify", "--mac", "0" * 64)
    assert told.exit_code == 1 and "doesn’t have the MAC you gave" in told.output


def test_a_withdrawal_taken_back_and_a_deletion_in_the_database_are_named(site: Site) -> None:
    code, _lenas = earn(site), earn(site, "lena")
    with site.inside():
        award_id, lenas_id = (records.list_awards_of_person(site.person(name).id)[0].id for name in ("sam", "lena"))
    site.do(actions.withdraw, award_id, "issued in error")
    change(site, "UPDATE award SET withdrawn_at = NULL, withdrawn_reason = NULL WHERE code = :code", code)
    with site.inside(), db.engine.begin() as connection:
        for table in ("training_status", *TABLES):
            column = "id" if table == "award" else "award_id"
            connection.execute(sa.text(f"DELETE FROM {table} WHERE {column} = :id"), {"id": lenas_id})
    assert found(site) == {code: "reinstated", lenas_id: "deleted"}


def test_nothing_is_said_of_what_happened_with_its_events(site: Site) -> None:
    for name in ("sam", "lena"):
        earn(site, name, document=True)
    with site.inside():
        award_id, lenas_id = (records.list_awards_of_person(site.person(name).id)[0].id for name in ("sam", "lena"))
    site.do(actions.withdraw, award_id, "issued in error")
    assert found(site) == {}
    site.do(reissue.reinstate, award_id)
    site.do(reissue.reissue_certificate, award_id, "fault")
    site.do(actions.show_name, lenas_id, True)
    site.do(actions.withdraw, lenas_id, "programme decision")
    assert found(site) == {}
    with site.inside():
        sam = site.person("sam").id
    site.do(delete_person, sam, b"k" * 32)
    assert found(site) == {}
