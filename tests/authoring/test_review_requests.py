"""A trainer asks somebody to review a course, and only they can answer."""

from __future__ import annotations

from lms.library.records import list_reviews
from tests.builders.drafts import publish_small
from tests.builders.learning import link_in_newest_email
from tests.conftest import Site

ASK = "/programmes/harbour/writing/courses/small-course/ask-for-review"
BOARD = "/programmes/harbour/writing/reviews"


def test_tara_asks_lena_who_reads_the_whole_course_and_records_her_review(sqlite_site: Site) -> None:
    digest = publish_small(sqlite_site)
    tara = sqlite_site.visitor("tara")
    refused = (
        ({"email": "", "role": "peer"}, "Enter an email address."),
        ({"email": "lena@example.org"}, "Choose one of these."),
        ({"email": "mina@example.org", "role": "peer"}, "Nobody in this programme has this email address."),
        ({"email": "tara@example.org", "role": "peer"}, "Somebody else has to review it."),
    )
    for fields, said in refused:
        assert said in tara.get(ASK).form(ASK).submit("Send", 422, **fields).main, fields
    page = tara.get(ASK).form(ASK).submit("Send", email="Lena@example.org", role="peer", note="Please look at Hello.")
    assert "Peer support: Lena Brandt, asked on" in page.main
    link = link_in_newest_email(sqlite_site)
    sqlite_site.visitor("tara").get(link, expect=404)
    lena = sqlite_site.visitor("lena")
    page = lena.get(link)
    assert "Please look at Hello." in page.main and "Dana looks up." in page.main and "Right answer" in page.main
    page = page.form(link).submit("Record my review", patches="yes")
    assert "Your review is recorded." in page.main and "Record my review" not in page.main
    with sqlite_site.inside():
        (review,) = list_reviews("small-course", digest)
        assert (review.role, review.name, review.covers_patches) == ("peer", "Lena Brandt", True)
    board = tara.get(BOARD).main
    assert "Peer support: Lena Brandt" in board and "asked on" not in board
