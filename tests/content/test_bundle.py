"""A bundle has the same name wherever its files come from, and lets nothing in from outside."""

import hashlib
import tracemalloc

from lms.content.lint.check import check
from lms.content.model import bundle as bundles
from lms.content.model.archive import from_zip, write_zip
from lms.content.model.bundle import Bundle, for_publishing, from_folder
from lms.foundation.storage.files import FileStore
from lms.library.media import keep_media, stored_medium
from tests.content.small_course import codes


def test_the_digest_is_made_of_sorted_paths_and_digests():
    files = {"b.md": b"two", "a.md": b"one"}
    lines = "".join(f"{path}\0{hashlib.sha256(files[path]).hexdigest()}\n" for path in ("a.md", "b.md"))
    assert Bundle(files).digest == hashlib.sha256(lines.encode()).hexdigest()
    assert list(Bundle(files).manifest) == ["a.md", "b.md"]


def test_a_folder_and_its_files_have_one_digest(tmp_path):
    (tmp_path / "1-begin").mkdir()
    (tmp_path / "1-begin" / "1-hello.md").write_bytes(b"hello")
    (tmp_path / ".hidden").write_bytes(b"not this")
    (tmp_path / ".git").mkdir()
    (tmp_path / ".git" / "config").write_bytes(b"nor this")
    assert from_folder(tmp_path) == Bundle({"1-begin/1-hello.md": b"hello"})


def test_a_link_that_leaves_the_folder_is_refused_and_told(tmp_path):
    (tmp_path / "secret.md").write_text("secret")
    folder = tmp_path / "course"
    folder.mkdir()
    (folder / "course.md").symlink_to(tmp_path / "secret.md")
    (folder / "up").symlink_to(tmp_path)
    found = from_folder(folder)
    assert dict(found.files) == {}
    assert "PATH_OUTSIDE" in codes(check(found))


def test_what_is_too_large_stays_unread_and_is_told(tmp_path, monkeypatch):
    monkeypatch.setattr(bundles, "MAX_TOTAL", 3000)
    monkeypatch.setattr(bundles, "MAX_MARKDOWN", 1000)
    (tmp_path / "a.md").write_bytes(b"x" * 1001)
    (tmp_path / "b.png").write_bytes(b"x" * 2500)
    (tmp_path / "c.png").write_bytes(b"x" * 600)
    found = from_folder(tmp_path)
    assert list(found.files) == ["b.png"]
    assert {"FILE_TOO_LARGE", "COURSE_TOO_LARGE"} <= codes(check(found))


def test_files_of_a_bundle_cannot_be_changed_afterwards():
    files = {"a.md": b"one"}
    found = Bundle(files)
    files["a.md"] = b"two"
    assert found.files["a.md"] == b"one"


def test_media_lie_in_memory_one_at_a_time(tmp_path):
    course = tmp_path / "course"
    (course / "media").mkdir(parents=True)
    (course / "course.md").write_text("A course.")
    for number in range(8):
        (course / "media" / f"{number}.mp4").write_bytes(bytes([number]) * 4 * 1024 * 1024)
    store, packed = FileStore(tmp_path / "files"), tmp_path / "course.zip"
    tracemalloc.start()
    try:
        found = for_publishing(from_folder(course))
        with packed.open("wb") as file:
            write_zip(found, "course", file)
        with packed.open("rb") as file:
            unpacked = from_zip(file)
        assert isinstance(unpacked, Bundle) and unpacked.digest == found.digest
        assert keep_media(unpacked, store) is None
        kept = Bundle({path: stored_medium(store, sha) for path, sha in unpacked.manifest.items() if "media" in path})
        assert kept.files.total == 32 * 1024 * 1024 and kept.manifest.items() <= found.manifest.items()
        assert tracemalloc.get_traced_memory()[1] < 10 * 1024 * 1024
    finally:
        tracemalloc.stop()


def test_a_medium_that_changes_while_it_is_published_is_refused(tmp_path):
    picture = tmp_path / "course" / "media" / "a.svg"
    picture.parent.mkdir(parents=True)
    picture.write_bytes(b"<svg/>")
    found = from_folder(tmp_path / "course")
    assert found.manifest
    picture.write_bytes(b"<svg></svg>")
    refused = keep_media(found, FileStore(tmp_path / "files"))
    assert refused and "media/a.svg was changed meanwhile. Nothing was published." in refused.message
