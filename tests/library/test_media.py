"""Media are served as what they are by their bytes, and nothing else is served."""

from __future__ import annotations

from pathlib import Path

import pytest

from lms.accounts.records import find_programme
from lms.cli.courses import publish_folder
from lms.foundation.per_app import provided
from lms.foundation.storage.files import FileStore
from lms.library import records
from tests.builders.pictures import NOT_SHOWN, SVG, picture, taken_in_berlin
from tests.conftest import Site
from tests.content.small_course import FILES


def test_a_page_that_was_published_as_a_picture_is_not_served(sqlite_site: Site) -> None:
    store: FileStore = provided(FileStore, sqlite_site.app)
    client = sqlite_site.app.test_client()
    for name, content in NOT_SHOWN.items():
        assert client.get(f"/media/{store.put(content)}/{Path(name).name}").status_code == 404, name


@pytest.mark.parametrize(
    ("name", "content", "kind"),
    [
        ("a.jpeg", picture("JPEG"), "image/jpeg"),
        ("a.JPG", picture("JPEG"), "image/jpeg"),
        ("a.jpg", picture("PNG"), "image/png"),
        ("a.svg", SVG, "image/svg+xml"),
    ],
)
def test_a_reader_gets_a_picture_as_what_it_is(sqlite_site: Site, name: str, content: bytes, kind: str) -> None:
    digest = provided(FileStore, sqlite_site.app).put(content)
    answer = sqlite_site.app.test_client().get(f"/media/{digest}/{name}")
    assert (answer.status_code, answer.headers["Content-Type"], answer.data) == (200, kind, content)


def test_publishing_keeps_no_picture_that_tells_where_it_was_taken(sqlite_site: Site, tmp_path: Path) -> None:
    folder = tmp_path / "small-course"
    for path, text in FILES.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text, "utf-8")
    (folder / "media").mkdir()
    (folder / "media" / "a.jpg").write_bytes(picture("JPEG", exif=taken_in_berlin()))
    with sqlite_site.inside():
        programme = find_programme("harbour")
        assert programme is not None
        for word in ("1.0.0 published.", "already published and hasn’t changed"):
            assert word in publish_folder(folder, programme.id, True, 0)
        digest = records.find_newest_digest("small-course")
        assert digest is not None
        bundle = records.find_bundle(digest)
        assert bundle is not None
        kept = provided(FileStore, sqlite_site.app).get(bundle.manifest["media/a.jpg"])
    assert b"Phone of Sam" not in kept and kept.startswith(b"\xff\xd8")
