"""Notes on local law are shown as what they are: examples, with who has read them."""

from __future__ import annotations

from lms.accounts.records import find_programme
from lms.content.model.bundle import from_folder
from lms.foundation.per_app import provided
from lms.foundation.storage.files import FileStore
from lms.library import actions
from tests.builders.content import course_of
from tests.conftest import ROOT, Site

COURSE = "confidentiality-and-boundaries"


def publish(site: Site) -> None:
    """Publish and offer the course that speaks of law."""
    bundle = from_folder(ROOT / "courses" / COURSE)
    course = course_of(bundle, COURSE)
    for path, content in bundle.files.items():
        if not path.endswith(".md"):
            provided(FileStore, site.app).put(content)
    site.do(actions.publish, bundle, course)
    site.do(lambda: actions.offer(find_programme("harbour").id, COURSE, True, 1))


def test_a_reader_sees_examples_of_law_with_whether_anybody_read_it(sqlite_site: Site) -> None:
    publish(sqlite_site)
    page = sqlite_site.stranger().get(f"/courses/{COURSE}")
    assert "Examples of local law, not advice" in page.main
    assert "Montana" in page.main and "Nobody has checked this against the law itself for this site yet." in page.main


def test_nobody_begins_a_course_before_its_programme_has_set_what_it_needs(sqlite_site: Site) -> None:
    publish(sqlite_site)
    page = sqlite_site.visitor("sam").get(f"/courses/{COURSE}")
    assert "once your programme has added" in page.main
    assert not [form for form in page.forms if form.action.endswith("/enrol")]
