"""What one visitor sends never stands on a page that somebody else gets."""

from __future__ import annotations

import re
import sys
from dataclasses import dataclass
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from werkzeug.test import Client, TestResponse

from lms.foundation.per_app import provide
from lms.foundation.web.compression import CompressedFiles
from lms.foundation.web.page_cache import PageCache
from lms.foundation.web.security import StaticAddresses
from tests.builders.learning import COURSE, begin, earn, open_check
from tests.conftest import Site
from tests.inspector import BASE

CACHES = (PageCache, StaticAddresses, CompressedFiles)
# A token of a stranger's form holds the second in which it was made, and a reference is new on every page.
OF_THE_MOMENT = re.compile(r'name="form_token" value="[^"]*"|[0-9a-f]{10}(?=</)|"reference":"[0-9a-f]{10}"')


@dataclass(frozen=True)
class Asked:
    """One request: who asks for what, under which host, with which headers and what a server in front may set."""

    who: str
    path: str
    query: str
    host: str
    headers: tuple[tuple[str, str], ...]
    script_name: str
    method: str


HEADERS = st.sampled_from(
    [
        ("X-Forwarded-Host", "evil.example"),
        ("X-Forwarded-Proto", "https"),
        ("X-Forwarded-Prefix", "/evil.example"),
        ("X-Forwarded-For", "203.0.113.9"),
        ("X-Script-Name", "//evil.example"),
        ("X-Original-URL", "/evil.example"),
        ("Forwarded", "host=evil.example;proto=https"),
        ("Remote-User", "cora@example.org"),
        ("Accept-Language", "ar"),
        ("Accept-Language", "evil-example"),
        ("Accept-Encoding", "gzip"),
        ("Accept", "application/json"),
        ("Sec-Fetch-Site", "cross-site"),
        ("Cookie", "display=large.plain.dark.1.1.wide"),
        ("Referer", "https://evil.example/"),
    ]
)


def asking(who: Any, paths: Any, foreign: bool = True) -> Any:
    odd = st.sampled_from(["", "/evil.example", "//evil.example", "/cours"]) if foreign else st.just("")
    hosts = ["127.0.0.1:8000", "evil.example", "127.0.0.1:8000.evil.example"] if foreign else ["127.0.0.1:8000"]
    return st.builds(
        Asked,
        who,
        paths,
        st.sampled_from(["", "x=evil.example", "from=//evil.example"]) if foreign else st.just(""),
        st.sampled_from(hosts),
        st.lists(HEADERS, max_size=3, unique_by=lambda row: row[0]).map(tuple) if foreign else st.just(()),
        odd,
        st.sampled_from(["GET", "GET", "HEAD"]) if foreign else st.just("GET"),
    )


def ask(browsers: dict[str, Client], asked: Asked) -> TestResponse:
    # What gunicorn makes of a SCRIPT_NAME header that it believes.
    environ = {"SCRIPT_NAME": asked.script_name} if asked.script_name else {}
    return browsers[asked.who].open(
        asked.path,
        method=asked.method,
        query_string=asked.query,
        base_url=BASE,
        headers=[("Host", asked.host), *asked.headers],
        environ_overrides=environ,
        buffered=True,
    )


def forget_everything(site: Site) -> None:
    """Empty whatever a process keeps from one request to the next."""
    for kind in CACHES:
        provide(site.app, kind())
    for name, module in list(sys.modules.items()):
        if name.startswith("lms."):
            for value in list(vars(module).values()):
                if type(value).__name__ == "_lru_cache_wrapper":
                    value.cache_clear()


# Each request has an id of its own, and the page that tells of trouble shows it.
OF_ONE_REQUEST = {"Date", "Expires", "Set-Cookie", "X-Request-ID"}


def told(reply: TestResponse) -> tuple[Any, ...]:
    headers = sorted((name, value) for name, value in reply.headers if name not in OF_ONE_REQUEST)
    packed = reply.headers.get("Content-Encoding") == "gzip"
    if packed:
        headers = [row for row in headers if row[0] not in {"Content-Length"}]
    import gzip

    text = (gzip.decompress(reply.data) if packed else reply.data).decode("utf-8", "replace")
    return reply.status_code, headers, OF_THE_MOMENT.sub("", text)


def test_what_anybody_gets_depends_on_their_own_request_alone(sqlite_site: Site) -> None:
    code = earn(sqlite_site, document=True)
    begin(sqlite_site.visitor("lena"))
    check = open_check(sqlite_site.visitor("lena")).path
    browsers = {name: sqlite_site.visitor(name).browser for name in ("sam", "lena", "cora", "ada")}
    browsers["nobody"] = sqlite_site.stranger().browser
    lesson = f"{COURSE}/lessons/what-pfa-is"
    paths = ["/", "/courses", COURSE, lesson, "/verify", f"/verify/{code}", "/sign-in", "/static/css/site.css"]
    paths += [check, "/support", "/nowhere", "/verify/0123456789ABCDEF", "/certificates"]
    who, where = st.sampled_from(sorted(browsers)), st.sampled_from(paths)

    @settings(
        max_examples=60,
        deadline=None,
        derandomize=True,
        database=None,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
    )
    @given(st.lists(asking(who, where), min_size=1, max_size=4), asking(who, where, foreign=False), st.data())
    def holds(before: list[Asked], plain: Asked, data: Any) -> None:
        forget_everything(sqlite_site)
        alone = told(ask(browsers, plain))
        forget_everything(sqlite_site)
        for asked in before:
            ask(browsers, asked)
            ask(browsers, Asked(asked.who, plain.path, "", asked.host, asked.headers, asked.script_name, asked.method))
        after = told(ask(browsers, plain))
        assert after == alone
        assert "evil" not in after[2]
        odd = data.draw(st.sampled_from(before))
        warm = told(ask(browsers, odd))
        forget_everything(sqlite_site)
        assert told(ask(browsers, odd)) == warm

    holds()


@pytest.mark.parametrize("script_name", ["//evil.example", "/static", "/evil.example/.."])
def test_no_address_on_a_page_begins_with_what_a_request_said_of_its_place(sqlite_site: Site, script_name: str) -> None:
    browser = sqlite_site.stranger().browser
    for path in ("/sign-in", COURSE, "/nowhere", "/"):
        reply = browser.get(path, base_url=BASE, environ_overrides={"SCRIPT_NAME": script_name})
        assert "evil" not in reply.text and "evil" not in reply.headers.get("Location", "")
        assert 'href="/static/static' not in reply.text
