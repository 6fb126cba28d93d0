"""What a new outline takes along and leaves behind: links between files, and media that nothing needs any more."""

from __future__ import annotations

from datetime import timedelta

from lms import all_rooms
from lms.accounts.records import find_programme
from lms.authoring.drafts.actions import change, contents_of, discard
from lms.authoring.drafts.files import bundle_of
from lms.authoring.drafts.records import Draft, find_draft
from lms.authoring.outlining.link_rules import with_new_contact
from lms.foundation import clock
from lms.foundation.db import write
from lms.foundation.per_app import provided
from lms.foundation.storage.files import FileStore
from lms.retention import sweep
from tests.builders.drafts import DRAFTS, add_draft, publish_small
from tests.builders.pictures import picture
from tests.conftest import Site
from tests.content.small_course import COURSE, GENTLE, LESSON, bundle

HELLO, BYE, TALK = "1-begin/1-hello.md", "1-begin/2-bye.md", "practice/at-the-sink.md"
ARCS = 'arcs:\n  - {id: a, title: "at-the-sink", contacts: [at-the-sink, at-the-sink-2]}\n'
LINKED = {
    HELLO: f"{LESSON}\n[Bye](2-bye.md), [again][b]\n\n[b]: ../1-begin/2-bye.md\n",
    BYE: LESSON.replace("id: hello", "id: bye").replace("{#sml-", "{#sml-b-")
    + "\n[Hello](1-hello.md#how), [gentler](../1-begin/1-hello.gentle.md), [web](https://a.example/1-hello.md)\n",
    "1-begin/2-bye.gentle.md": GENTLE,
    "course.md": COURSE.replace("licence:", f"{ARCS}licence:")
    + f"\n[Bye]({BYE}), [sink](<{TALK}>), [none](2-bye.md)\n",
}


def draft_of(public_id: str) -> Draft:
    programme = find_programme("harbour")
    found = find_draft(programme.id, public_id) if programme else None
    assert found
    return found


def texts_of(site: Site, draft: str) -> dict[str, str]:
    with site.inside():
        return {path: content.decode() for path, content in bundle_of(draft_of(draft)).files.items()}


def test_links_follow_what_is_moved_or_renamed_and_come_back_with_one_undo(sqlite_site: Site) -> None:
    draft = add_draft(sqlite_site, bundle(**LINKED))
    tara, before = sqlite_site.visitor("tara"), texts_of(sqlite_site, draft)
    tara.get(f"{DRAFTS}/{draft}/parts/{HELLO}").form_with("Move down").submit()
    tara.get(f"{DRAFTS}/{draft}/parts/{TALK}").form_with("Save").submit(part_id="a-sink")
    page = tara.get(f"{DRAFTS}/{draft}/parts/1-begin/module.md").form_with("Save").submit(part_id="first")
    now = texts_of(sqlite_site, draft)
    assert "[Bye](1-bye.md), [again][b]\n\n[b]: 1-bye.md\n" in now["1-first/2-hello.md"]
    assert "[Hello](2-hello.md#how), [gentler](2-hello.gentle.md), [web](https://a.e" in now["1-first/1-bye.md"]
    assert "[Bye](1-first/1-bye.md), [sink](<practice/a-sink.md>), [none](2-bye.md)" in now["course.md"]
    assert 'title: "at-the-sink", contacts: [a-sink, at-the-sink-2]' in now["course.md"]
    assert page.main.count("isn’t in this course") == 1, "the link that led nowhere before"
    for what in (
        "Renamed 1-begin/module.md to 1-first/module.md",
        f"Renamed {TALK} to practice/a-sink.md",
        f"Moved {HELLO}",
    ):
        page = page.follow("History").form_with(f"Undo ({what})").submit()
    assert texts_of(sqlite_site, draft) == before
    listed = "arcs:\n  - id: b\n    contacts:\n      - a\n      - b\n  - id: a\n"
    assert with_new_contact(listed, "a", "c") == listed.replace("- a\n", "- c\n")


def test_media_are_deleted_a_month_after_nothing_needs_them(sqlite_site: Site) -> None:
    site = sqlite_site
    bytes_of = {name: picture("PNG", (20 + number, 20)) for number, name in enumerate(("gone", "both", "out", "old"))}
    sha = {name: contents_of({"media/x.png": content}).digests["media/x.png"] for name, content in bytes_of.items()}
    media = {f"media/{name}.png": content for name, content in bytes_of.items()}
    shown = "\n" + "".join(f"![A square]({path})\n\n" for path in media if "out" in path)
    publish_small(site, **{"course.md": COURSE + shown, "media/out.png": media["media/out.png"]})  # type: ignore[arg-type]
    first = add_draft(site, bundle(**{path: one for path, one in media.items() if "old" not in path}))
    second = add_draft(site, bundle(**{path: one for path, one in media.items() if "both" in path or "old" in path}))

    def stored() -> set[str]:
        return {name for name in sha if sha[name] in provided(FileStore)}

    with site.inside():
        tara, store = site.person("tara").id, provided(FileStore)
        write(
            lambda: change(draft_of(second).id, tara, "removed", "media/old.png", contents_of({}), ("media/old.png",))
        )
        write(lambda: discard(draft_of(first).id))
        store.forget(sha["gone"], before=0)
        for days, left in ((29, set(sha)), (31, {"both", "out"})):
            clock.shift(timedelta(days=days))
            sweep(site.settings, all_rooms.delete_person)
            assert stored() == left
    history = site.visitor("tara").get(f"{DRAFTS}/{second}/history")
    assert "was deleted a month later" in history.form_with("Undo (Removed media/old.png)").submit(expect=422).main
