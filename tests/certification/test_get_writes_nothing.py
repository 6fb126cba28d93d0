"""GET writes nothing but the counts of a limit, and every button on the page of a certificate has its own name."""

from __future__ import annotations

import re

import pytest

from tests.builders.learning import PFA, earn
from tests.conftest import Site
from tests.house.ledger import read_ledger
from tests.inspector import BASE

WRITES = re.compile(r"(?:INSERT INTO|UPDATE|DELETE FROM) (\w+)")
OURS = re.compile(
    r"/(?:v|V|verify|badges|credentials|certificates|transcript|about-the-certificate)\b|.*/certificates/|.*/validity"
)
NAMES = {"number": "1", "design": "warm", "programme": "harbour", "course": PFA}


@pytest.mark.parametrize("document", [False, True], ids=["before the PDF", "with the PDF"])
def test_get_stores_no_row_but_the_counts_of_a_limit(sqlite_site: Site, document: bool) -> None:
    code = earn(sqlite_site, document=document)
    may = [
        (sqlite_site.visitor("sam").browser, {"own", "anyone"}),
        (sqlite_site.visitor("cora").browser, {"coordinator", "anyone"}),
        (sqlite_site.stranger().browser, {"anyone"}),
    ]
    doors = [door for door in read_ledger() if door.method == "GET" and OURS.match(door.path)]
    assert len(doors) > 20
    with sqlite_site.statements() as asked:
        for browser, whose in may:
            for path in [door.path for door in doors if door.who in whose] + ["/verify/0000000000000000"]:
                browser.get(
                    re.sub(r"<(?:\w+:)?(\w+)>", lambda part: (NAMES | {"code": code})[part[1]], path), base_url=BASE
                )
    assert {found[1] for statement in asked if (found := WRITES.match(statement))} <= {"misses"}


def test_every_button_on_the_page_of_a_certificate_has_a_name_of_its_own(sqlite_site: Site) -> None:
    page = sqlite_site.visitor("sam").get(f"/certificates/{earn(sqlite_site, document=True)}")
    names = [" ".join(button.itertext()) for button in page.find("main button")]
    assert len(names) > 1 and len(set(names)) == len(names)
