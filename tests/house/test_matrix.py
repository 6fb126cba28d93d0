"""The matrix: every door, for everybody, with their own things and other people's, answers as the ledger says."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from werkzeug.test import TestResponse

from lms.accounts.session_records import list_sign_ins
from lms.certification.awards import actions as certification
from lms.certification.awards.codes import grouped
from lms.certification.awards.name_records import NameRequest
from lms.certification.awards.records import Award, find_award, list_awards_of_programme
from lms.certification.readiness import actions as readiness_actions
from lms.certification.readiness.actions import ObservationInput
from lms.foundation import clock
from lms.foundation.db import db
from lms.foundation.text.xlsx_files import read_workbook
from lms.learning.progress.records import list_enrolments_of_programme
from tests.builders.learning import PFA, earn, publish_next
from tests.conftest import Site, app_of, settings_for
from tests.house.ledger import Door, read_ledger
from tests.house.matrix import (
    NO_PROVIDER,
    OPEN_COURSE,
    PEOPLE,
    World,
    address,
    cases,
    furnish,
    heard,
    imported,
    knock,
    promised,
)
from tests.inspector import BASE, Inspector


@pytest.fixture(scope="module")
def world(filled_sqlite: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    folder = tmp_path_factory.mktemp("matrix") / "data"
    shutil.copytree(filled_sqlite, folder)
    settings = settings_for(folder, **NO_PROVIDER)
    site = Site(app_of(settings), settings)
    yield furnish(site)
    clock.shift(timedelta(0))
    with site.app.app_context():
        db.session.remove()
        db.engine.dispose()


@pytest.mark.parametrize("door", read_ledger(), ids=str)
def test_the_door_opens_to_whom_the_ledger_names_and_says_404_to_others(world: World, door: Door) -> None:
    odd = {}
    for name in PEOPLE:
        for owner, course in cases(door, name):
            path = address(world, door, owner, course)
            seen, due = heard(knock(world, door, name, path, owner)), promised(door, name, owner, course)
            if seen != due:
                odd[f"{name or 'a stranger'} at {path} of {owner}"] = f"{seen}, not {due}"
    assert odd == {}


def test_a_certificate_of_another_programme_cannot_be_reached_through_ones_own(world: World) -> None:
    for name, own, foreign in (("cora", "harbour", "mina"), ("mina", "meadow", "sam")):
        path = f"/programmes/{own}/certificates/{world.codes[foreign]}/withdraw"
        assert world.enter(name).get(path, base_url=BASE).status_code == 404


def test_what_another_coordinator_asked_for_is_not_found_not_even_under_ones_own_programme(world: World) -> None:
    for name, own, foreign in (("cora", "harbour", "meadow"), ("mina", "meadow", "harbour")):
        for path in ("", "/file"):
            address = f"/programmes/{own}/batches/{world.batches[foreign]}{path}"
            assert world.enter(name).get(address, base_url=BASE).status_code == 404
        address = f"/programmes/{own}/imports/{imported(world, foreign)}"
        assert world.enter(name).get(address, base_url=BASE).status_code == 404


def test_ending_somebody_elses_sign_in_ends_nothing(world: World) -> None:
    door = next(door for door in read_ledger() if door.path.endswith("<sign_in>/end"))
    path = address(world, door, "lena", OPEN_COURSE)
    with world.site.inside():
        before = {row.public_id for row in list_sign_ins(world.site.person("lena").id)}
    knock(world, door, "sam", path, "lena")
    with world.site.inside():
        assert {row.public_id for row in list_sign_ins(world.site.person("lena").id)} == before != set()


def text_of(answer: TestResponse) -> str:
    """Return what an answer says, also where it is a workbook."""
    if not answer.data.startswith(b"PK"):
        return answer.get_data(as_text=True)
    return "\n".join(cell for _number, cells in read_workbook(answer.data) for cell in cells)


def test_a_private_certificate_is_behind_no_door_of_the_staff(sqlite_site: Site) -> None:
    """Planted: a certificate with a name request, a PDF in trouble and a practice to confirm, then made private."""
    site = sqlite_site
    code = earn(site, "sam", document=False)
    with site.inside():
        award, sam = find_award(code), site.person("sam")
    assert award is not None
    sam_id, tara = sam.public_id, _plant(site, award)
    cora = Inspector(site.app)
    cora.browser = site.visitor("cora").browser
    assert code in cora.get("/programmes/harbour/people").html, "before it is private, it is seen"
    publish_next(site, "9.0.0", head=("private: no", "private: yes"))
    values = {"programme": "harbour", "person": sam_id, "code": code, "course": PFA, "observation": tara}
    doors = [door for door in read_ledger() if door.path.startswith("/programmes/<programme>") and door.method == "GET"]
    seen = []
    for door in doors:
        path = door.path
        for name, value in values.items():
            path = path.replace(f"<{name}>", value)
        if "<" in path:
            continue
        for person in ("cora", "tara"):
            answer = site.visitor(person).browser.get(path, base_url=BASE, buffered=True)
            told = text_of(answer)
            if "<code>" in door.path:
                # The page that says so repeats the address, and nothing else of it.
                assert answer.status_code == 404, (person, path)
                told = told.replace(path, "")
            found = [mark for mark in (code, "Samira Planted", "Olga Planted", grouped(code)) if mark in told]
            seen += [(person, path, mark) for mark in found]
    assert len(doors) > 10 and seen == []
    form = dict(site.visitor("cora").get("/display").form("/display").fields)
    for path in (
        f"/programmes/harbour/certificates/{code}/anew",
        f"/programmes/harbour/certificates/{code}/withdraw",
        f"/programmes/harbour/certificates/{code}/reinstate",
        f"/programmes/harbour/practice-to-confirm/{tara}",
        f"/programmes/harbour/people/{sam_id}/practice/{tara}/undo",
    ):
        sent = {"form_token": form["form_token"], "go": "yes", "reason": "other", "because": "fault"}
        answer = site.visitor("cora").browser.post(path, base_url=BASE, data=sent, headers={"Origin": BASE})
        assert answer.status_code == 404, path
    with site.inside():
        assert list_awards_of_programme(award.programme_id) == []
        assert [row.person_id for row in list_enrolments_of_programme(award.programme_id)] == []


def _plant(site: Site, award: Award) -> str:
    """Plant a wish for another name, a PDF that could not be made, and a practice whose observer is to be confirmed."""
    with site.inside():
        tara = site.person("tara").id

    def plant() -> None:
        db.session.add(NameRequest(award_id=award.id, name="Samira Planted", asked_at=clock.now()))

    site.do(plant)
    site.do(certification.note_render_trouble, award.id, "planted")
    seen = ObservationInput("Olga Planted", "observer", clock.today("UTC"), "basic")
    row = site.do(readiness_actions.record_observation, award.enrolment_id, seen, tara)
    return str(row.public_id)
