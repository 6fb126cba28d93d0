"""Files that several hosts share: a mounted folder and a real S3 server; slow, gone, damaged and deleted."""

from __future__ import annotations

import hashlib
import importlib.util
import os
import re
import shutil
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest
from click.testing import CliRunner
from sqlalchemy import delete

from lms.accounts.records import find_programme
from lms.authoring.drafts.files import store_media
from lms.cli import main
from lms.content.lint.check import check
from lms.content.model.bundle import Bundle as Course
from lms.content.model.bundle import from_folder
from lms.coordination.batches.jobs import file_of, find_file
from lms.coordination.batches.records import Batch
from lms.foundation.config.setting_checks import BadSetting
from lms.foundation.config.shared_files import SharedFiles, read_shared_files
from lms.foundation.db import db
from lms.foundation.per_app import provide, provided
from lms.foundation.storage import elsewhere as storage
from lms.foundation.storage.elsewhere import Bucket, Elsewhere, FilesAway, MountedFolder
from lms.foundation.storage.files import FileStore, share_all
from lms.library import actions as library
from lms.library import course_cache
from lms.library.media import keep_media
from lms.library.records import Text
from tests.builders.serving import until
from tests.conftest import PFA, Site, app_of, settings_for
from tests.content.recordings_course import FILES_WITH_MEDIA
from tests.content.small_course import FILES
from tests.journeys.served import free_port

PICTURE = next(path for path in sorted(from_folder(PFA).files) if path.endswith(".svg"))
AGES_AGO = 1_000_000.0


@pytest.fixture(scope="module")
def s3(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a real S3 server (moto), with an empty bucket."""
    if importlib.util.find_spec("moto") is None or importlib.util.find_spec("obstore") is None:
        pytest.skip("S3 tests need the packages moto and obstore, which are not installed")
    port, log = free_port(), tmp_path_factory.mktemp("s3") / "log"
    with log.open("wb") as file:
        server = subprocess.Popen(
            [sys.executable, "-m", "moto.server", "--host", "127.0.0.1", "--port", str(port)], stdout=file, stderr=file
        )
    address = f"http://127.0.0.1:{port}"
    before = {name: os.environ.get(name) for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY")}
    os.environ.update(dict.fromkeys(before, "testing"))
    try:
        until(lambda: server.poll() is None and answers(f"{address}/moto-api/"))
        urlopen(Request(f"{address}/sidelight-files", method="PUT"), timeout=10).close()
        yield address
    finally:
        server.terminate()
        server.wait()
        for name, value in before.items():
            os.environ.pop(name) if value is None else os.environ.update({name: value})


def answers(address: str) -> bool:
    try:
        urlopen(address, timeout=2).close()
    except HTTPError:
        return True
    except OSError:
        return False
    return True


@pytest.fixture(params=["folder", "s3"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Callable[[], Elsewhere]:
    """Opens the shared files as another host would."""
    if request.param == "folder":
        (tmp_path / "mounted").mkdir()
        return lambda: MountedFolder(tmp_path / "mounted")
    address: str = request.getfixturevalue("s3")
    prefix = hashlib.sha256(str(tmp_path).encode()).hexdigest()[:12]
    return lambda: Bucket(SharedFiles(bucket="sidelight-files", prefix=prefix, endpoint=address, region="eu-west-2"))


def test_what_one_host_stores_another_one_reads_and_forgets(place: Callable[[], Elsewhere], tmp_path: Path) -> None:
    first, second = FileStore(tmp_path / "1", place()), FileStore(tmp_path / "2", place())
    digest = first.put(b"a picture")
    large = first.put_pieces([b"a recording"] * 1000)
    assert (
        second.get(digest) == b"a picture" and second.size(large) == 11_000 and second.part(large, 2, 9) == b"recording"
    )
    assert digest in second and second.renew(digest) and second.path(large).read_bytes() == b"a recording" * 1000
    second.forget(digest, before=AGES_AGO)
    assert digest in first
    second.forget(digest, before=time.time() + 60)
    assert digest not in first and digest not in second
    os.utime(first._path(digest), (AGES_AGO, AGES_AGO))
    first.forget_copies()
    for store in (first, second):
        with pytest.raises(KeyError):
            store.get(digest)
    with pytest.raises(KeyError):
        first.size("0" * 64)


def test_damaged_bytes_are_not_taken_for_what_they_were(place: Callable[[], Elsewhere], tmp_path: Path) -> None:
    shared, store = place(), FileStore(tmp_path / "1", place())
    digest = hashlib.sha256(b"whole").hexdigest()
    (tmp_path / "half").write_bytes(b"who")
    shared.put(f"files/{digest[:2]}/{digest}", tmp_path / "half")
    with pytest.raises(KeyError):
        store.get(digest)
    assert not list((tmp_path / "1").rglob("*.part"))
    assert keep_media(Course({"media/a.svg": b"whole"}), store) is None
    assert FileStore(tmp_path / "2", place()).get(digest) == b"whole"


@contextmanager
def here(site: Site, store: FileStore) -> Iterator[None]:
    """Have a site keep its files in a store meanwhile."""
    before = provided(FileStore, site.app)
    provide(site.app, store)
    yield
    provide(site.app, before)


def test_publishing_again_repairs_a_damaged_picture(tmp_path: Path) -> None:
    store, course = FileStore(tmp_path), Course({"media/a.svg": b"whole"})
    assert keep_media(course, store) is None
    digest = course.manifest["media/a.svg"]
    store.path(digest).write_bytes(b"who")
    assert keep_media(course, store) is None and store.get(digest) == b"whole"


def test_files_of_one_host_are_shared_once(place: Callable[[], Elsewhere], tmp_path: Path) -> None:
    alone = FileStore(tmp_path / "alone")
    digests = [alone.put(f"picture {number}".encode()) for number in range(3)]
    assert share_all(tmp_path / "alone", place()) == (3, 0, [])
    assert share_all(tmp_path / "alone", place()) == (0, 3, [])
    assert [FileStore(tmp_path / "2", place()).get(digest)[-1:] for digest in digests] == [b"0", b"1", b"2"]


def test_a_file_that_is_half_there_is_shared_again_and_a_damaged_one_is_named(
    place: Callable[[], Elsewhere], tmp_path: Path
) -> None:
    alone, there = FileStore(tmp_path / "alone"), place()
    whole, damaged = alone.put(b"whole"), alone.put(b"a picture")
    alone.path(damaged).write_bytes(b"a pic")
    (tmp_path / "half").write_bytes(b"who")
    there.put(f"files/{whole[:2]}/{whole}", tmp_path / "half")
    assert share_all(tmp_path / "alone", there) == (1, 0, [alone.path(damaged)])
    assert FileStore(tmp_path / "2", place()).get(whole) == b"whole" and damaged not in FileStore(
        tmp_path / "2", place()
    )
    assert share_all(tmp_path / "nowhere", there) == (0, 0, [])


@pytest.mark.parametrize("content", [b"who", None])
def test_uploading_again_repairs_what_is_damaged_or_gone(
    place: Callable[[], Elsewhere], sqlite_site: Site, tmp_path: Path, content: bytes | None
) -> None:
    course = Course({"media/a.svg": b"whole"})
    digest = course.manifest["media/a.svg"]
    for number, again in enumerate((lambda store: store.put(b"whole"), lambda _store: store_media(course))):
        for shared in (None, place()):
            store = FileStore(tmp_path / f"{number}{shared is None}", shared)
            store.put(b"whole")
            if content is None:
                store.path(digest).unlink()
            else:
                store.path(digest).write_bytes(content)
            if shared is not None:
                (tmp_path / "half").write_bytes(content or b"")
                shared.put(f"files/{digest[:2]}/{digest}", tmp_path / "half")
            with sqlite_site.inside(), here(sqlite_site, store):
                again(store)
            assert store.is_whole(digest)


def test_a_damaged_copy_never_takes_the_place_of_a_whole_file(tmp_path: Path) -> None:
    (tmp_path / "mounted").mkdir()
    there = MountedFolder(tmp_path / "mounted")
    store = FileStore(tmp_path / "1", there)
    digest = store.put(b"whole")
    store.path(digest).write_bytes(b"who")
    os.utime(tmp_path / "mounted" / "files" / digest[:2] / digest, (AGES_AGO, AGES_AGO))
    assert store.renew(digest) and FileStore(tmp_path / "2", there).get(digest) == b"whole"
    (tmp_path / "half").write_bytes(b"who")
    there.put(f"files/{digest[:2]}/{digest}", tmp_path / "half")
    os.utime(tmp_path / "mounted" / "files" / digest[:2] / digest, (AGES_AGO, AGES_AGO))
    assert not store.renew(digest)


def test_a_zip_file_can_be_had_on_any_host_until_it_is_deleted(
    place: Callable[[], Elsewhere], sqlite_site: Site, tmp_path: Path
) -> None:
    there, batch = place(), Batch(public_id="one")
    (tmp_path / "made").write_bytes(b"PK")
    there.put("batches/one.zip", tmp_path / "made")
    with sqlite_site.inside():
        assert find_file(batch, sqlite_site.settings) is None
        object.__setattr__(provided(storage.Sharing), "elsewhere", place())
        path = find_file(batch, sqlite_site.settings)
        assert path == file_of(batch, sqlite_site.settings) and path.read_bytes() == b"PK"
    sqlite_site.work()
    assert there.list_names("batches") == [] and not path.exists()


def test_a_bucket_that_does_not_exist_stores_nothing(s3: str, tmp_path: Path) -> None:
    alone, nowhere = (
        FileStore(tmp_path / "alone"),
        Bucket(SharedFiles(bucket="nowhere", endpoint=s3, region="eu-west-2")),
    )
    digest = alone.put(b"a picture")
    with pytest.raises(FilesAway, match="no bucket called nowhere"):
        share_all(tmp_path / "alone", nowhere)
    store = FileStore(tmp_path / "1", nowhere)
    with pytest.raises(FilesAway):
        store.put(b"a picture")
    assert not store._path(digest).exists()


class Cut:
    """A way to a server that breaks off after some bytes of what is sent there."""

    def __init__(self, address: str, after: int) -> None:
        self.socket, self.after = socket.create_server(("127.0.0.1", 0)), after
        self.behind = ("127.0.0.1", int(address.rpartition(":")[2]))
        threading.Thread(target=self._take, daemon=True).start()

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.socket.getsockname()[1]}"

    def _take(self) -> None:
        with suppress(OSError):
            while True:
                client, there = self.socket.accept()[0], socket.create_connection(self.behind)
                for way in ((client, there, self.after), (there, client, sys.maxsize)):
                    threading.Thread(target=self._pass_on, args=way, daemon=True).start()

    @staticmethod
    def _pass_on(source: socket.socket, to: socket.socket, left: int) -> None:
        with suppress(OSError):
            while left and (content := source.recv(min(left, 65536))):
                to.sendall(content)
                left -= len(content)
        for one in (source, to):
            with suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
            one.close()


def test_a_file_whose_upload_breaks_off_is_stored_nowhere_until_it_comes_again(s3: str, tmp_path: Path) -> None:
    content, cut = os.urandom(300_000), Cut(s3, after=100_000)
    digest = hashlib.sha256(content).hexdigest()
    shared = SharedFiles(bucket="sidelight-files", prefix="cut", endpoint=s3, region="eu-west-2")
    first = FileStore(tmp_path / "1", Bucket(replace(shared, endpoint=cut.address)))
    for store in (first.put, lambda whole: first.put_pieces([whole])):
        first._elsewhere._rests_until = 0.0  # type: ignore[union-attr]
        with pytest.raises(FilesAway):
            store(content)
        assert not [path for path in (tmp_path / "1").rglob("*") if path.is_file()]
    cut.socket.close()
    second = FileStore(tmp_path / "2", Bucket(shared))
    assert digest not in second
    assert second.put(content) == digest and FileStore(tmp_path / "1", Bucket(shared)).get(digest) == content


class Silent:
    """Takes connections, and never answers, or never comes to an end: a byte every now and then."""

    def __init__(self, drips: bool = False) -> None:
        self.drips = drips
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.taken: list[socket.socket] = []
        threading.Thread(target=self._take, daemon=True).start()

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.socket.getsockname()[1]}"

    def _take(self) -> None:
        while True:
            try:
                self.taken.append(self.socket.accept()[0])
            except OSError:
                return
            if self.drips:
                threading.Thread(target=self._drip, args=(self.taken[-1],), daemon=True).start()

    @staticmethod
    def _drip(taken: socket.socket) -> None:
        try:
            taken.recv(65536)
            head = [
                "HTTP/1.1 200 OK",
                "Content-Length: 5000",
                "Last-Modified: Mon, 30 Nov 2026 12:00:00 GMT",
                "ETag: a",
            ]
            taken.sendall("\r\n".join([*head, "", ""]).encode())
            while True:
                taken.sendall(b"<")
                time.sleep(0.2)
        except OSError:
            return

    def close(self) -> None:
        for one in (self.socket, *self.taken):
            one.close()


@pytest.mark.parametrize("manner", ["gone", "silent", "slow", "not mounted"])
def test_with_the_files_away_pages_work_and_a_picture_gets_a_calm_answer(
    filled_sqlite: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, manner: str, s3: str
) -> None:
    monkeypatch.setattr(storage, "ANSWER_MOST", storage.timedelta(seconds=1))
    shutil.copytree(filled_sqlite, tmp_path / "data")
    silent = Silent(drips=manner == "slow")
    port = free_port()
    url = {
        "gone": f"s3://sidelight-files?endpoint=http://127.0.0.1:{port}",
        "silent": f"s3://sidelight-files?endpoint={silent.address}",
        "slow": f"s3://sidelight-files?endpoint={silent.address}",
    }
    settings = settings_for(tmp_path / "data", LMS_FILES_URL=url.get(manner, f"file:{tmp_path / 'nowhere'}"))
    site = Site(app_of(settings), settings)
    digest = hashlib.sha256(from_folder(PFA).files[PICTURE]).hexdigest()
    began = time.monotonic()
    page = site.stranger().get(f"/media/{digest}/x.svg", expect=503)
    assert "We can’t reach our files just now" in page.main and "is safe" in page.main
    assert time.monotonic() - began < 8
    began = time.monotonic()
    site.stranger().get(f"/media/{digest}/x.svg", expect=503)
    assert time.monotonic() - began < 1
    assert "Psychological first aid" in site.stranger().get("/courses").main
    silent.close()


def test_a_host_that_starts_while_the_files_are_away_has_its_courses(
    filled_sqlite: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copytree(filled_sqlite, tmp_path / "data", ignore=shutil.ignore_patterns("compiled"))
    settings = settings_for(tmp_path / "data", LMS_FILES_URL=f"file:{tmp_path / 'nowhere'}")
    site = Site(app_of(settings), settings)
    monkeypatch.setattr(course_cache, "_courses", {})
    assert "Psychological first aid" in site.stranger().get("/courses").main
    page = site.stranger().get("/courses/psychological-first-aid/lessons/approach")
    address = re.search(r'src="(/media/[^"]+)"', page.html)
    assert address is not None
    site.stranger().get(address[1], expect=503)
    (tmp_path / "nowhere").mkdir()
    shutil.copytree(filled_sqlite / "files", tmp_path / "nowhere" / "files")
    site.stranger().get(address[1])


@pytest.mark.parametrize("earlier", [False, True])
def test_a_host_that_starts_while_the_files_are_away_has_the_words_of_recordings(
    filled_sqlite: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, earlier: bool
) -> None:
    shutil.copytree(filled_sqlite, tmp_path / "data")
    settings, folder = settings_for(tmp_path / "data"), tmp_path / "mounted"
    folder.mkdir()
    first = Site(app_of(settings), settings)
    whole = Course(
        {path: text.encode() if isinstance(text, str) else text for path, text in {**FILES, **FILES_WITH_MEDIA}.items()}
    )
    with first.inside():
        assert keep_media(whole, provided(FileStore)) is None
        programme = find_programme("harbour")
        course = check(whole, "small-course").course
        assert programme is not None and course is not None
    first.do(library.publish, whole, course)
    first.do(library.offer, programme.id, "small-course", True, 1)
    if earlier:
        words = [sha for path, sha in whole.manifest.items() if path.endswith((".txt", ".vtt"))]
        first.do(lambda: db.session.execute(delete(Text).where(Text.sha256.in_(words))))
        monkeypatch.setenv("LMS_DATA", str(settings.data))
        monkeypatch.setenv("LMS_FILES_URL", f"file:{folder}")
        assert CliRunner().invoke(main, ["hosts", "share-files"]).exit_code == 0
    shutil.rmtree(settings.data / "compiled", ignore_errors=True)
    shutil.rmtree(settings.data / "files-copies", ignore_errors=True)
    monkeypatch.setattr(course_cache, "_courses", {})
    settings = settings_for(tmp_path / "data", LMS_FILES_URL=f"file:{tmp_path / 'nowhere'}")
    page = Site(app_of(settings), settings).stranger().get("/courses/small-course/lessons/hello")
    assert "She turns the tap & lamp off." in page.main and "Then <she> speaks." in page.main


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ("ftp://files", "s3:// or file:/"),
        ("file:mnt/files", "whole path"),
        ("s3://key:secret@bucket", "AWS_ACCESS_KEY_ID"),
        ("s3://", "bucket’s name"),
        ("s3://bucket?endpoint=http://s3.example.org", "plain http"),
        ("s3://bucket?colour=blue", "only endpoint and region"),
    ],
)
def test_an_address_that_cannot_work_is_refused_with_a_reason(value: str, words: str) -> None:
    with pytest.raises(BadSetting, match=words):
        read_shared_files({"LMS_FILES_URL": value})
