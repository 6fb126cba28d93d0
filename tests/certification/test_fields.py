"""What a certificate attests is the same on paper, on its page, in its badge and in the register's answer."""

from __future__ import annotations

import json
from datetime import timedelta
from io import BytesIO

import pytest
from pypdf import PdfReader

from lms.certification.awards.document_records import find_document
from lms.certification.awards.records import Award, find_award_of_enrolment
from lms.certification.awards.texts.wording import fields
from lms.certification.badges.records import find_credential
from lms.certification.readiness import actions as readiness_actions
from lms.certification.readiness.actions import ObservationInput
from lms.foundation import clock
from tests.builders.learning import PFA, pass_check, prepare
from tests.conftest import Site


def ready(site: Site, observed: int) -> Award:
    """Bring Sam to a certificate that rests on so many observed practices, with its document."""
    enrolment = prepare(site, "sam")
    with site.inside():
        harbour, cora = next(iter(site.roles(site.person("sam").id))), site.person("cora").id
    site.do(readiness_actions.set_readiness, harbour, PFA, observed, site.settings)
    for number in range(observed):
        seen = ObservationInput("Tara Lindqvist", "trainer", clock.today("UTC") - timedelta(days=number), "basic")
        site.do(readiness_actions.record_observation, enrolment, seen, cora)
    pass_check(site, enrolment)
    site.work()
    with site.inside():
        award = find_award_of_enrolment(enrolment)
        assert award is not None
        return award


def four_forms(site: Site, award: Award) -> dict[str, str]:
    """Return all words of PDF, page, badge and JSON."""
    with site.inside():
        document, badge = find_document(award.id), find_credential(award.id)
        assert document is not None and badge is not None
        pdf, credential = document.content, json.loads(badge.content)
    evidence = {each["name"]: each["narrative"] for each in credential["evidence"]}
    told = site.stranger().get(f"/verify/{award.code}?format=json").response.json
    assert evidence == told["attests"] and credential["credentialSubject"]["achievement"]["id"].endswith(told["digest"])
    assert credential["credentialSubject"]["achievement"]["description"].endswith(told["does_not_attest"])
    return {
        "pdf": " ".join(PdfReader(BytesIO(pdf)).pages[0].extract_text().split()),
        "page": site.stranger().get(f"/verify/{award.code}").main,
        "own page": site.visitor("sam").get(f"/certificates/{award.code}").main,
        "badge": json.dumps(credential, ensure_ascii=False),
        "json": json.dumps(told, ensure_ascii=False),
    }


@pytest.mark.parametrize("observed", [0, 1, 2])
def test_the_same_fields_stand_in_all_forms(sqlite_site: Site, observed: int) -> None:
    award = ready(sqlite_site, observed)
    with sqlite_site.inside():
        told = dict(fields(award))
    assert list(told) == [
        "Stage",
        "Knowledge",
        "Lessons",
        "Practice",
        "Observed practice",
        "Learning time",
        "Course text",
    ]
    shown = four_forms(sqlite_site, award)
    for form, words in shown.items():
        for said in (
            told["Stage"],
            told["Observed practice"],
            told["Learning time"].removeprefix("About "),
            f"{award.facts['score']}%",
            "every safety question",
            "2 practice conversations" if form == "pdf" else "2 written practice conversations",
            award.version,
            award.digest[:12],
            award.facts["does_not_attest"],
        ):
            assert said.casefold() in words.casefold(), (form, said)


def test_a_certificate_of_knowledge_alone_says_so_and_a_clause_that_was_not_asked_is_absent(sqlite_site: Site) -> None:
    shown = four_forms(sqlite_site, ready(sqlite_site, 0))
    for form, words in shown.items():
        assert "No practice was observed. This is based on online learning alone." in words, form
        assert "Ready to practise" not in words and "signed:" not in words and "waived" not in words, form


def test_what_was_seen_is_told_without_the_word_for_it(sqlite_site: Site) -> None:
    for form, words in four_forms(sqlite_site, ready(sqlite_site, 1)).items():
        assert "Tara Lindqvist, trainer" in words and "based on online learning alone" not in words, form
        assert "basic" not in words.casefold(), form
