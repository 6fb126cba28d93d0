"""Trainers read what each code of the check means, and a misspelled one leads on to the nearest."""

from __future__ import annotations

from tests.conftest import Site


def test_tara_reads_what_a_code_means_with_its_example(sqlite_site: Site) -> None:
    tara = sqlite_site.visitor("tara")
    page = tara.get("/programmes/harbour/writing").follow("Check codes").follow("NO_TRANSCRIPT")
    assert page.path == "/help/check-codes/no-transcript" and page.h1 == "NO_TRANSCRIPT"
    assert page.find("main pre code")[0].text == "media/dana-speaks.mp3"
    assert "NOT_READ" in tara.get("/help/check-codes/YAML_BROKEN").links()
    unknown = tara.get("/help/check-codes/bad-lnik", expect=404)
    assert unknown.follow("BAD_LINK").h1 == "BAD_LINK"
    assert tara.get("/help/check-codes/zzz", expect=404).follow("Check codes").h1 == "Check codes"


def test_only_those_who_write_courses_read_the_codes(sqlite_site: Site) -> None:
    sqlite_site.visitor("ada").get("/help/check-codes")
    for name in ("sam", "cora"):
        sqlite_site.visitor(name).get("/help/check-codes", expect=404)
