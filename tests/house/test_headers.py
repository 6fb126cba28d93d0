"""What every response carries, and who may post."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from lms.foundation.db import db
from tests.builders.learning import COURSE, begin, earn, open_check
from tests.builders.web import ALWAYS
from tests.conftest import Site, app_of, settings_for
from tests.house.ledger import read_ledger
from tests.inspector import BASE

PARTS = ("default-src 'none'", "frame-ancestors 'none'", "base-uri 'none'", "form-action 'self'", "script-src 'self'")
PARTS += ("worker-src 'self'",)

ODD = ["/healthz", "/readyz", "/nowhere", "/sign-out", "/verify/0123456789ABCDEF", "/programmes/harbour/people"]


def is_protected(reply: TestResponse) -> None:
    for name, value in ALWAYS.items():
        assert reply.headers.get(name) == value, (reply.request.path, name)
    policy = reply.headers["Content-Security-Policy"]
    assert all(part in policy for part in PARTS), reply.request.path
    assert "unsafe" not in policy and "http:" not in policy and "*" not in policy
    assert "Cache-Control" in reply.headers


@pytest.mark.parametrize(
    "path",
    ["/", "/courses", COURSE, "/verify", "/sign-in", "/account", "/static/css/site.css", "/static/no-such.css", *ODD],
)
def test_pages_files_redirects_and_errors_are_all_protected(sqlite_site: Site, path: str) -> None:
    is_protected(sqlite_site.stranger().browser.get(path, base_url=BASE, buffered=True))


def test_documents_lists_saved_answers_and_refusals_are_protected_too(sqlite_site: Site) -> None:
    code = earn(sqlite_site, document=True)
    sam, cora = sqlite_site.visitor("sam").browser, sqlite_site.visitor("cora").browser
    for reply in (
        sam.get(f"/certificates/{code}/pdf", base_url=BASE),
        sam.get(f"/verify/{code}?format=json", base_url=BASE),
        cora.get("/programmes/harbour/people.csv", base_url=BASE),
        sam.post("/account", base_url=BASE, headers={"Origin": "https://evil.example"}),
        sam.post("/account", base_url=BASE, data="a" * 2_000_000),
        sam.post("/checks/x/answers", base_url=BASE, headers={"Accept": "application/json"}),
    ):
        is_protected(reply)


def test_a_page_that_breaks_is_protected_too(sqlite_site: Site) -> None:
    sqlite_site.app.add_url_rule("/broken", "broken", lambda: 1 / 0)
    is_protected(sqlite_site.app.test_client().get("/broken", base_url=BASE))


def test_private_pages_are_kept_by_no_cache(sqlite_site: Site) -> None:
    code = earn(sqlite_site, document=True)
    for path in ("/account", "/certificates", f"/certificates/{code}/pdf", COURSE):
        assert "no-store" in sqlite_site.visitor("sam").browser.get(path, base_url=BASE).headers["Cache-Control"]


def test_a_site_with_https_says_so_to_browsers_and_names_its_cookie_for_this_host(make_sqlite_site: object) -> None:
    site: Site = make_sqlite_site(LMS_BASE_URL="https://training.example.org")  # type: ignore[operator]
    browser = site.app.test_client()
    page = browser.get("/sign-in", base_url="https://training.example.org")
    assert "max-age=31536000" in page.headers["Strict-Transport-Security"]
    token = re.search(r'name="form_token" value="([^"]+)"', page.text)
    assert token is not None
    fields = {"form_token": token[1], "email": "sam@example.org", "password": "lantern-quiet-harbour-42"}
    reply = browser.post("/sign-in", base_url="https://training.example.org", data=fields)
    assert reply.headers["Set-Cookie"].startswith("__Host-session=") and "; Secure" in reply.headers["Set-Cookie"]


# Four doors look at no cookie: one asks for a key, one for the signed mark of a letter (RFC 8058), one takes text that
# a page sealed for itself, and only shows it again, and one takes what the provider of single sign-on signed.
WITHOUT_COOKIE = {"/api/verify", "/letters/off/<mark>", "/sign-in/carried", "/sign-in/single-sign-on/logout"}
POSTS = sorted(
    {
        re.sub(r"<[^>]+>", "1", door.path)
        for door in read_ledger()
        if door.method == "POST" and door.path not in WITHOUT_COOKIE
    }
)


@dataclass
class Tokens:
    """A site on which nothing is changed, for every door: Sam's browser, and what forms of three people carry."""

    sam: FlaskClient
    sams: str
    lenas: str
    strangers: str


@pytest.fixture(scope="module")
def tokens(filled_sqlite: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Tokens]:
    folder = tmp_path_factory.mktemp("posts") / "data"
    shutil.copytree(filled_sqlite, folder)
    settings = settings_for(folder)
    site = Site(app_of(settings), settings)
    sam, lena = site.visitor("sam"), site.visitor("lena")
    sams, lenas = (dict(one.get("/account").form("/account").fields)["form_token"] for one in (sam, lena))
    strangers = dict(site.stranger().get("/display").form("/display").fields)["form_token"]
    yield Tokens(sam.browser, sams, lenas, strangers)
    assert dict(sam.get("/account").form("/account").fields)["form_token"] == sams, "Sam is signed in as before"
    with site.app.app_context():
        db.session.remove()
        db.engine.dispose()


@pytest.mark.parametrize("path", POSTS)
def test_no_door_takes_a_post_from_another_site(tokens: Tokens, path: str) -> None:
    for headers in (
        {"Origin": "https://evil.example"},
        {"Origin": BASE, "Sec-Fetch-Site": "cross-site"},
        {"Origin": BASE, "Sec-Fetch-Site": "same-site"},
        {"Origin": "https://127.0.0.1:8000"},
    ):
        reply = tokens.sam.post(path, base_url=BASE, data={"form_token": tokens.sams}, headers=headers)
        assert reply.status_code == 403, headers
        assert "This came from another site" in reply.text


@pytest.mark.parametrize("path", POSTS)
def test_no_door_takes_a_post_without_its_token_or_with_somebody_elses(tokens: Tokens, path: str) -> None:
    sam, lenas = tokens.sam, tokens.lenas
    for token in (None, "", lenas, tokens.strangers, lenas[:-1] + "0"):
        data = {} if token is None else {"form_token": token}
        reply = sam.post(path, base_url=BASE, data=data, headers={"Origin": BASE})
        assert reply.status_code == 400, token
        told = sam.post(path, base_url=BASE, data=data, headers={"Origin": BASE, "Accept": "application/json"})
        assert (told.status_code, told.json) == (400, {"saved": False})


def test_a_refused_post_changes_nothing(sqlite_site: Site) -> None:
    sam = sqlite_site.visitor("sam")
    sam.browser.post("/account", base_url=BASE, data={"display_name": "Nobody", "certificate_name": "Nobody"})
    assert dict(sam.get("/account").form("/account").fields)["display_name"] == "Sam Osei"


def test_no_page_of_the_check_loads_anything_from_elsewhere(sqlite_site: Site) -> None:
    sam = sqlite_site.visitor("sam")
    begin(sam)
    page = open_check(sam)
    # A link by which somebody leaves loads nothing until it is pressed.
    without_links = re.sub(r"<a [^>]*>", "", page.html)
    assert not re.search(r'(?:src|action|href)="(?:https?:)?//(?!127\.0\.0\.1)', without_links)
