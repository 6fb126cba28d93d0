"""The language of a paper: all of our words and all dates in one, English where a language is not here whole."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from lms.accounts.records import get_programme
from lms.certification.awards.document_records import find_document
from lms.certification.awards.records import Award, find_award
from lms.certification.keys.opening import keys_of
from lms.certification.pdf import content as pdf_content
from lms.certification.pdf import documents
from lms.certification.pdf.content import texts_of
from lms.foundation.db import db
from lms.foundation.text import i18n
from tests.builders.languages import marked
from tests.builders.learning import earn
from tests.conftest import Site


@pytest.fixture
def translations(tmp_path: Path) -> Iterator[None]:
    """A catalogue for German and one for Dari, in which every text of ours is marked."""
    with marked(tmp_path, "de", "prs"):
        yield


def _in_language(award_id: str, language: str) -> None:
    award = db.session.get_one(Award, award_id)
    award.facts = {**award.facts, "language": language}


def texts(site: Site, code: str, language: str) -> dict[str, pdf_content.Printed]:
    """Return every text on somebody's paper, as of a course in a language."""
    with site.inside():
        award = find_award(code)
        assert award is not None
        award_id = award.id
    site.do(_in_language, award_id, language)
    with site.inside():
        award = find_award(code)
        assert award is not None
        ring = keys_of(site.settings)
        return texts_of(documents.certificate_content(award, get_programme(award.programme_id), ring, site.settings))


OF_OTHERS = {"name", "course_title", "programme", "does_not_attest", "signatories", "specimen"}


@pytest.mark.parametrize("language", ["de", "de-AT", "de_CH"])
def test_every_word_on_a_german_paper_goes_through_the_catalogue_like_its_dates(
    sqlite_site: Site, translations: None, language: str
) -> None:
    found = texts(sqlite_site, earn(sqlite_site), language)
    for name, text in found.items():
        for one in text if isinstance(text, tuple) else (text,):
            assert not one or name in OF_OTHERS or one.startswith("de¶"), (name, one)
    german = {"Januar", "Februar", "März", "April", "Mai", "Juni", "Juli", "August", "September", "Oktober"}
    assert any(month in found["after_course"] for month in german | {"November", "Dezember"})


@pytest.mark.parametrize("language", ["prs", "hmn", "rom", "sgn", "fr", "x-private", "zh-Hant-TW-x-one"])
def test_a_language_that_is_not_here_whole_has_words_and_dates_in_english(
    sqlite_site: Site, translations: None, language: str
) -> None:
    found = texts(sqlite_site, earn(sqlite_site), language)
    assert found["code_label"] == "Certificate code" and "¶" not in str(found)


@pytest.mark.parametrize("language", ["prs", "hmn", "de"])
def test_no_language_leaves_a_certificate_being_prepared(sqlite_site: Site, language: str) -> None:
    code = earn(sqlite_site)
    with sqlite_site.inside():
        award = find_award(code)
        assert award is not None
    sqlite_site.do(_in_language, award.id, language)
    sqlite_site.work()
    with sqlite_site.inside():
        assert find_document(award.id) is not None


def test_what_is_said_after_a_paper_is_in_the_readers_language_again() -> None:
    i18n.speak("en")
    with i18n.speaking("de"):
        assert i18n.language() == "de"
    assert i18n.language() == "en"
