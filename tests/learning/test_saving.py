"""Saving: answers are kept as one goes, a lower revision never replaces a higher one, and nothing is lost."""

from __future__ import annotations

from typing import Any

from tests.builders.learning import COURSE, answer, attempt_of, begin, open_check, plan
from tests.conftest import Site
from tests.inspector import BASE, Inspector, Page


def save(visitor: Inspector, page: Page, fields: dict[str, Any], revision: int) -> dict[str, Any]:
    """Save one answer as the page's script does."""
    question = page.find("[data-question]")[0].get("data-question")
    token = dict(page.form_with("Save and continue").fields)["form_token"]
    sent = {"form_token": token, "question": question, "revision": str(revision), **fields}
    address = page.find("[data-autosave]")[0].get("data-autosave")
    reply = visitor.browser.post(address, base_url=BASE, data=sent, headers={"Accept": "application/json"})
    assert reply.status_code == 200 and reply.json is not None
    return dict(reply.json)


def open_check_that_asks_for_several(site: Site, visitor: Inspector) -> Page:
    """Open checks until one draws a question with several answers; the others are sent as they are."""
    for _go in range(40):
        page = open_check(visitor)
        if any(isinstance(value, list) and len(value) > 1 for fields in plan(site, "sam") for value in fields.values()):
            return page
        page.client.get(page.path.rsplit("/", 1)[0] + "/look-over").form("/submit").submit()
    raise AssertionError("no check asks for several answers")


def chosen(page: Page) -> list[str]:
    """Return what is chosen on a question page."""
    ticked = [node.get("value") for node in page.find("fieldset.ask input[checked]")]
    return sorted(
        ticked + [node.get("value") for node in page.find("fieldset.ask option[selected]") if node.get("value")]
    )


def chosen_by_field(page: Page) -> list[tuple[str, str]]:
    """Return what is chosen with the name of its field, which tells two orders of the same steps apart."""
    ticked = [(node.get("name"), node.get("value")) for node in page.find("fieldset.ask input[checked]")]
    selected = page.find("fieldset.ask option[selected]")
    return sorted(ticked + [(node.getparent().get("name"), node.get("value")) for node in selected])


def test_a_lower_revision_never_replaces_a_higher_one_and_the_reply_says_which_is_kept(
    site: Site, sam: Inspector
) -> None:
    begin(sam)
    page = open_check(sam)
    right, other = plan(site, "sam")[0], plan(site, "sam", lambda _q: False)[0]
    assert save(sam, page, right, 5)["revision"] == 5
    late = save(sam, page, other, 3)
    assert (late["revision"], late["saved"], late["newer"]) == (5, False, True)
    with site.inside():
        check_attempt = attempt_of(site, "sam")
        assert check_attempt.marks[0] and check_attempt.saved[check_attempt.questions[0].id][1] == 5
    assert save(sam, page, other, 6)["revision"] == 6


def test_the_count_on_a_question_is_true_after_each_save(site: Site, sam: Inspector) -> None:
    begin(sam)
    page = open_check(sam)
    asked = len(plan(site, "sam"))
    shown = page.find("[data-count]")[0].text
    assert shown == f"0 of {asked} questions answered."
    assert save(sam, page, plan(site, "sam")[0], 1)["count"] == f"1 of {asked} questions answered."
    assert save(sam, page, {}, 2)["count"] == shown
    assert sam.get(page.path).find("[data-count]")[0].text == shown


def test_sam_finds_her_answers_on_another_device(site: Site, sam: Inspector) -> None:
    begin(sam)
    page = open_check(sam)
    fields = plan(site, "sam")[0]
    page.form_with("Save and continue").submit("Save and continue", **fields)
    site.visitors.pop("sam")
    phone = site.visitor("sam")
    page = open_check(phone)
    assert page.path.endswith("/2") and "1 of 10 questions answered" in page.main
    back = page.form_with("Save and go back one question").submit("Save and go back one question")
    assert chosen(back) == sorted(
        str(v) for value in fields.values() for v in (value if isinstance(value, list) else [value])
    )


def test_stopping_keeps_even_half_an_answer(site: Site, sam: Inspector) -> None:
    begin(sam)
    page = open_check_that_asks_for_several(site, sam).follow("Show all questions on one page")
    group = next(
        node for node in page.find("fieldset.ask") if "checkbox" in str([i.get("type") for i in node.iter("input")])
    )
    box = next(node for node in group.iter("input") if node.get("type") == "checkbox")
    page = page.form_with("Save and stop here").submit("Save and stop here", **{box.get("name"): [box.get("value")]})
    assert page.path == f"{COURSE}/check"
    again = open_check(sam).follow("Show all questions on one page")
    assert again.find(f"input[value='{box.get('value')}'][checked]")


def test_half_an_answer_is_kept_and_said_kindly(site: Site, sam: Inspector) -> None:
    begin(sam)
    page = open_check_that_asks_for_several(site, sam)
    for fields in plan(site, "sam"):
        name, value = next(iter(fields.items()))
        if isinstance(value, list) and len(value) > 1:
            page = page.form_with("Save and continue").submit("Save and continue", expect=422, **{name: value[:1]})
            break
        page = page.form_with("Save and continue").submit("Save and continue", **fields)
    assert "Your answers are saved." in page.main and page.find("title")[0].text.startswith("Error: ")
    assert chosen(page) == value[:1]


def test_two_tabs_of_one_check_end_in_one_result(site: Site, sam: Inspector) -> None:
    begin(sam)
    first = open_check(sam)
    second = sam.get(first.path)
    fields = plan(site, "sam")
    first.form_with("Save and continue").submit("Save and continue", **fields[0])
    second.form_with("Save and continue").submit("Save and continue", **fields[0])
    done = answer(site, "sam", sam.get(first.path)).form("/submit").submit()
    assert done.h1 == "You passed the check"
    assert second.form_with("Save and continue").submit("Save and continue", **fields[0]).path == done.path


def test_two_tabs_on_one_revision_do_not_overwrite_each_other_in_silence(site: Site, sam: Inspector) -> None:
    begin(sam)
    first = open_check(sam)
    rights, others = plan(site, "sam"), plan(site, "sam", lambda _q: False)
    # Some questions have no other answer that is whole: as many options are chosen as there are right ones.
    place = next(number for number, fields in enumerate(others) if fields)
    for fields in rights[:place]:
        first = first.form_with("Save and continue").submit("Save and continue", **fields)
    second, right, other = sam.get(first.path), rights[place], others[place]
    first.form_with("Save and continue").submit("Save and continue", **right)
    told = second.form_with("Save and continue").submit("Save and continue", expect=422, **other)
    assert "A newer answer was saved in another tab" in told.main
    assert "Your answers are saved" not in told.main
    assert chosen_by_field(told) == chosen_by_field(sam.get(first.path))
    late = save(sam, second, other, 1)
    assert (late["revision"], late["saved"], late["newer"]) == (1, False, True)
    assert save(sam, second, right, 1)["saved"] is True
    told.form_with("Save and continue").submit("Save and continue", **other)
    assert chosen_by_field(sam.get(first.path)) != chosen_by_field(told)


def test_a_whole_check_from_an_older_tab_is_not_sent_over_newer_answers(sqlite_site: Site) -> None:
    sam = sqlite_site.visitor("sam")
    begin(sam)
    first = open_check(sam)
    everything = first.follow("Show all questions on one page")
    right = plan(sqlite_site, "sam")
    first.form_with("Save and continue").submit("Save and continue", **right[0])
    others = plan(sqlite_site, "sam", lambda _q: False)
    fields = {name: value for part in others for name, value in part.items()}
    page = everything.form_with("Review my answers").submit("Review my answers", **fields)
    assert "Newer answers were saved in another tab" in page.text
    with sqlite_site.inside():
        check_attempt = attempt_of(sqlite_site, "sam")
        assert check_attempt.saved[check_attempt.questions[0].id][1] == 1
        assert len(check_attempt.saved) == 1 + len([part for part in others[1:] if part])


def test_back_after_sending_leads_to_the_result_and_changes_nothing(site: Site, sam: Inspector) -> None:
    begin(sam)
    question = open_check(sam)
    over = answer(site, "sam", question)
    done = over.form("/submit").submit()
    told = save(sam, question, plan_for(question), 99)
    assert told["saved"] is False
    for path in (question.path, over.path, over.path.replace("look-over", "all")):
        assert sam.get(path).path == done.path
    assert over.form("/submit").submit().main == done.main


def plan_for(page: Page) -> dict[str, Any]:
    """Return some answer of the page's own."""
    field = page.find("fieldset.ask input[type=radio], fieldset.ask input[type=checkbox]")
    return {field[0].get("name"): field[0].get("value")} if field else {}


def test_the_result_of_an_open_check_leads_back_to_its_questions(site: Site, sam: Inspector) -> None:
    begin(sam)
    page = open_check(sam)
    assert sam.get(page.path.rsplit("/", 1)[0] + "/result").path == page.path


def test_lenas_check_is_no_page_for_sam(site: Site, sam: Inspector) -> None:
    lena = site.visitor("lena")
    begin(lena)
    path = open_check(lena).path.rsplit("/", 1)[0]
    for part in ("1", "all", "look-over", "result"):
        sam.get(f"{path}/{part}", expect=404)


def test_a_question_that_is_not_in_the_check_cannot_be_saved(site: Site, sam: Inspector) -> None:
    begin(sam)
    page = open_check(sam)
    with site.inside():
        check_attempt = attempt_of(site, "sam")
        others = [q.id for q in check_attempt.course.questions if q.id not in check_attempt.attempt.drawn]
    token = dict(page.form_with("Save and continue").fields)["form_token"]
    address = page.find("[data-autosave]")[0].get("data-autosave")
    for question in (others[0], "", "no-such"):
        reply = sam.browser.post(address, base_url=BASE, data={"form_token": token, "question": question})
        assert reply.status_code == 404


def test_an_empty_check_can_be_sent_and_is_not_yet(site: Site, sam: Inspector) -> None:
    begin(sam)
    path = open_check(sam).path.rsplit("/", 1)[0]
    page = sam.get(f"{path}/look-over").form("/submit").submit()
    assert page.h1 == "Not yet" and "0 of 10 questions right" in page.main


def test_an_old_tab_is_told_that_a_newer_answer_is_kept(site: Site, sam: Inspector) -> None:
    begin(sam)
    old_tab = open_check(sam)
    right, other = plan(site, "sam")[0], plan(site, "sam", lambda _q: False)[0]
    save(sam, old_tab, right, 7)
    told = old_tab.form_with("Save and continue").submit("Save and continue", expect=422, **other)
    assert "A newer answer was saved in another tab" in told.main
    kept = [str(v) for value in right.values() for v in (value if isinstance(value, list) else [value])]
    assert chosen(told) == sorted(kept)
