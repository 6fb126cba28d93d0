"""A bundle has the same name wherever its files come from, and lets nothing in from outside."""

import hashlib

from lms.content.lint.check import check
from lms.content.model import bundle as bundles
from lms.content.model.bundle import Bundle, from_folder
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
