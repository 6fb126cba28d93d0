"""`lms author`: what is saved is checked and seen at once, on this machine alone, and nothing else is written."""

from __future__ import annotations

import socket
import threading
import time
from pathlib import Path

import pytest
from click.testing import CliRunner
from flask.testing import FlaskClient

from lms.cli import main
from lms.cli.authoring.author import Told
from lms.cli.authoring.preview_app import make_app
from lms.cli.authoring.watching import Folder
from tests.content.small_course import FILES, PNG
from tests.inspector import parse

LESSON, HOST = "1-begin/1-hello.md", "http://127.0.0.1:8010"


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the small course."""
    folder = tmp_path_factory.mktemp("writing") / "small-course"
    for path, text in FILES.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text, "utf-8")
    (folder / "media").mkdir()
    (folder / "media/door.png").write_bytes(PNG)
    return folder


@pytest.fixture(scope="module")
def watched(course: Path) -> Folder:
    """The folder as the command watches it."""
    return Folder(course)


@pytest.fixture(scope="module")
def browser(watched: Folder, tmp_path_factory: pytest.TempPathFactory) -> FlaskClient:
    """Somebody with the preview in a browser."""
    return make_app(watched, tmp_path_factory.mktemp("data"), 8010).test_client()


def seen(browser: FlaskClient, path: str) -> str:
    reply = browser.get(path, base_url=HOST)
    assert reply.status_code == 200, path
    assert not parse(reply.text)[1]
    return reply.text


def test_a_saved_file_is_seen_in_the_page_and_in_the_terminal_within_a_second(
    course: Path, watched: Folder, browser: FlaskClient, capsys: pytest.CaptureFixture[str]
) -> None:
    before, told, stop = seen(browser, "/preview/lesson/hello"), Told(), threading.Event()
    told.say(watched.state)
    threading.Thread(target=watched.watch, args=(stop, told.say), daemon=True).start()
    number, files = watched.state.number, sorted(course.rglob("*"))
    text = FILES[LESSON].replace("Dana looks up.", "Dana turns. ![A door](media/door.png)[^LEE24]")
    began = time.monotonic()
    (course / LESSON).write_text(text, "utf-8")
    browser.get(f"/changes?seen={number}", base_url=HOST)
    after = seen(browser, "/preview/lesson/hello")
    assert time.monotonic() - began < 1 + 4  # the machine that tests run on does other things too
    stop.set()
    assert "Dana turns." in after and "Dana turns." not in before and f"seen={number + 1}" in after
    assert f"{LESSON}, line 9" in after and "LEE24" in after
    assert f"UNKNOWN_SOURCE {LESSON}:9" in capsys.readouterr().out
    picture = after.split('src="/media/')[1].split('"')[0]
    assert browser.get(f"/media/{picture}", base_url=HOST).data == PNG
    assert sorted(course.rglob("*")) == files


def test_only_the_preview_is_there_and_only_for_this_machine(browser: FlaskClient) -> None:
    browser.set_cookie("session", "of another site here", domain="127.0.0.1")
    assert "Hello" in seen(browser, "/preview") and "Room" not in seen(browser, "/preview/check")
    for path, host in (("/sign-in", HOST), ("/", HOST), ("/preview", "http://evil.example")):
        assert browser.get(path, base_url=host).status_code == 404


def test_what_cannot_be_shown_is_told_in_one_line(course: Path, tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        for arguments, words in (([str(course), "--port", port], "can’t be used"), ([str(tmp_path)], "no course.md")):
            result = CliRunner().invoke(main, ["author", *arguments])
            assert result.exit_code == 1 and result.output.count("\n") == 1 and words in result.output
