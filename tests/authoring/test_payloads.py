"""One walk over every kind of page with a course full of payloads: no text comes alive, and each page answers."""

from __future__ import annotations

import io
import re
import zipfile
from typing import Any
from urllib.parse import urljoin, urlsplit

from lxml import etree
from sqlalchemy import select
from werkzeug.datastructures import FileStorage

from lms.accounts.records import find_programme
from lms.authoring.statistics import count_actions
from lms.content.model.course import Course
from lms.foundation import clock
from lms.foundation.db import db
from lms.learning.feedback.records import Feedback
from lms.learning.progress.records import Enrolment, LessonDone
from lms.library import actions as library
from lms.library.course_cache import get_course
from tests.builders.crowd import send_checks
from tests.builders.drafts import COURSES, DRAFTS, add_draft, look, publish_small
from tests.builders.learning import link_in_newest_email, plan, play, prepare, sample_of
from tests.builders.mail import outbox
from tests.builders.payloads import NAME, PLAIN, spoiled_files
from tests.builders.pictures import picture
from tests.conftest import Site
from tests.content.small_course import FILES, bundle
from tests.inspector import BASE, Inspector, Page
from tests.page_parser import parse

WRITING, COURSE = "/programmes/harbour/writing", "/courses/small-course"
CHOSEN = ("sml-q01", "sml-q02", "sml-q03", "sml-q04")
ADDRESSES = ("href", "src", "action", "formaction", "data", "xlink:href", "srcset", "poster")
# Files, and what isn't a page of its own.
NOT_WALKED = re.compile(r"/(?:static|media|sign-out)/|\.(?:zip|json)$|/exchange/(?:scorm|gift|qti|csv)$")
ESCAPED = {ord(sign): f"\\{sign}" for sign in "#={}~:"}
OURS = {"Sec-Fetch-Site": "same-origin", "Origin": BASE}


def living(tree: Any) -> list[str]:
    """Return what in a page came alive."""
    found = []
    for node in tree.iter():
        if not isinstance(node.tag, str):
            found += [f"comment {node.text}"] if NAME in (node.text or "") else []
            continue
        if node.tag == NAME or (node.tag == "script" and NAME in (node.text or "")):
            found.append(node.tag)
        found += [
            f"{node.tag} {name}" for name in node.attrib if name.startswith("on") or NAME in name or name == "srcdoc"
        ]
        for name in ADDRESSES:
            address = re.sub(r"[\x00-\x20]", "", node.get(name) or "").casefold()
            if address == "x" or re.match(r"(?:javascript|vbscript|data:text|data:image/svg)", address):
                found.append(f"{node.tag} {name}={address[:40]}")
    return found


def look_at(page: Page) -> None:
    assert living(page.tree) == [], page.path
    assert str(7331 * 7) not in page.html, f"{page.path}: a template was run"
    assert not re.search("[\x00-\x08\x0b\x0c\x0e-\x1f]", page.html), f"{page.path}: a control character"


def walk(visitor: Inspector, within: tuple[str, ...], *starts: str) -> set[str]:
    """Open one page of every kind that links lead to from some pages, and return the kinds."""
    waiting, seen, kinds = list(starts), set(starts), set[str]()
    adapter = visitor.app.url_map.bind("127.0.0.1:8000")
    while waiting:
        parts = urlsplit(waiting.pop(0))
        endpoint, values = adapter.match(parts.path, method="GET")
        kind = f"{endpoint} {values.get('what', '')}"
        if kind in kinds:
            continue
        kinds.add(kind)
        page = visitor.get(parts.geturl())
        if page.tree is None:
            continue
        look_at(page)
        for href in page.links().values():
            target = urljoin(page.path, href).split("#")[0]
            if target not in seen and target.startswith(within) and not NOT_WALKED.search(urlsplit(target).path):
                seen.add(target)
                waiting.append(target)
    return kinds


def test_no_text_of_a_course_comes_alive_on_any_page(sqlite_site: Site) -> None:
    site, tara = sqlite_site, sqlite_site.visitor("tara")
    files = spoiled_files()
    digest = publish_small(site, **files)
    with site.inside():
        course, harbour = get_course(digest), find_programme("harbour")
    assert harbour
    site.do(library.offer, harbour.id, course.id, True, 0)
    wild = add_draft(site, bundle(**spoiled_files(wild=True)))
    tame = add_draft(site, bundle(**{path: text.replace("Dana", "Dora") for path, text in files.items()}), base=digest)
    write_everywhere(site, tame)
    kinds = walk(tara, (DRAFTS, WRITING), f"{DRAFTS}/{tame}", f"{COURSES}/small-course", WRITING)
    kinds |= walk(tara, (f"{DRAFTS}/{wild}",), f"{DRAFTS}/{wild}/preview", f"{DRAFTS}/{wild}")
    learn(site)
    kinds |= walk(site.visitor("sam"), (COURSE, "/checks/", "/certificates"), COURSE)
    look_at(site.visitor("cora").get(f"/programmes/harbour/settings/courses/{course.id}"))
    look_at_what_learners_left(site, course, tame)
    kinds |= walk(tara, (WRITING,), f"{WRITING}/remarks", f"{WRITING}/figures")
    assert len(kinds) > 40, sorted(kinds)
    look_at_files(site, tara)


def write_everywhere(site: Site, tame: str) -> None:
    """Type payloads into every form of the writing room; what is refused is shown again, and is looked at as well."""
    tara, lena = site.visitor("tara"), site.visitor("lena")
    pictures = tara.get(f"{DRAFTS}/{tame}/pictures").form("/pictures")
    file = FileStorage(io.BytesIO(picture("PNG")), f"{PLAIN}.png")
    look_at(tara.send(pictures.action, {**dict(pictures.fields), "alt": PLAIN.replace("[", ""), "picture": file}))
    questions = tara.get(f"{DRAFTS}/{tame}/questions").form_with("Show what would be imported")
    bank = f"::{PLAIN}:: [html]{PLAIN.translate(ESCAPED)}{{=yes{PLAIN.translate(ESCAPED)} ~no#{NAME}}}".encode()
    upload = FileStorage(io.BytesIO(bank), f"{PLAIN}.gift")
    shown = tara.send(questions.action, {**dict(questions.fields), "file": upload})
    look_at(shown)
    look_at(shown.form_with("Add to the check").submit("Add to the check"))
    ask = f"{COURSES}/small-course/ask-for-review"
    look_at(tara.get(ask).form(ask).submit("Send", 422, email=f"{PLAIN}@example.org", role="peer", note=PLAIN))
    look_at(tara.get(ask).form(ask).submit("Send", email="lena@example.org", role="peer", note=PLAIN))
    review = lena.get(link_in_newest_email(site))
    look_at(review)
    look_at(review.form_with("Record my review").submit("Record my review", note=PLAIN))
    for place in ("add?kind=lesson&folder=1-begin", "insert/callout/1-begin/1-hello.md", "insert/match/check.md"):
        page = tara.get(f"{DRAFTS}/{tame}/{place}")
        form = next(
            form for form in page.forms if page.path.startswith(urlsplit(form.action).path) and form.method == "POST"
        )
        typed = {name: PLAIN for name, value in form.fields if not value and name not in form.choices}
        sent = tara.browser.post(form.action, data={**dict(form.fields), **typed}, base_url=BASE, headers=OURS)
        assert typed and sent.status_code in {303, 422}, place
        assert living(parse(sent.text)[0]) == [], place


def learn(site: Site) -> None:
    """Let Sam learn, practise, comment and pass."""
    sam = site.visitor("sam")
    page = sam.get(COURSE).form("/enrol").submit()
    look_at(page)
    look_at(play(sam.get(f"{COURSE}/conversations/at-the-sink")))
    look_at(sam.get(f"{COURSE}/lessons/hello/remarks").form("/remarks").submit(said="unclear", words=PLAIN))
    prepare(site, "sam", course="small-course")
    page = sam.get(f"{COURSE}/check").form("/check").submit()
    for fields in plan(site, "sam", course="small-course"):
        look_at(page)
        page = page.form_with("Save and continue").submit("Save and continue", **fields)
    look_at(page)
    look_at(page.form("/submit").submit())


def look_at_what_learners_left(site: Site, course: Course, tame: str) -> None:
    """Look at counts of what many chose, at feedback in the list and beside its lesson, and at a safety correction."""
    send_checks(site, course, [{name: sample_of(course.question_by_id[name], False) for name in CHOSEN}] * 10)
    with site.inside():
        count_actions.sweep()
        harbour = find_programme("harbour")
    assert harbour

    def comment() -> None:
        row = Feedback(programme_id=harbour.id, course_id=course.id, lesson_id="hello", said="unclear", words=PLAIN)
        row.week, row.heading = "2026-W01", PLAIN
        db.session.add(row)
        for enrolment in db.session.scalars(select(Enrolment).where(Enrolment.course_id == course.id)):
            db.session.merge(LessonDone(enrolment_id=enrolment.id, lesson_id="hello", at=clock.now()))

    site.do(comment)
    tara = site.visitor("tara")
    for place, seen in (
        (f"{WRITING}/figures/{course.id}", "10 people"),
        (f"{WRITING}/remarks", "Hello"),
        (f"{DRAFTS}/{tame}/files/1-begin/1-hello.md", PLAIN[:20]),
        (f"{DRAFTS}/{tame}/recordings", "talk.mp3"),
    ):
        page = tara.get(place)
        assert seen in page.main, place
        look_at(page)
    turned = {path: text.replace("Dana looks", "Dora looks") for path, text in spoiled_files().items()}
    ready = add_draft(site, bundle(**turned), base=course.digest)
    page = look(site, ready, "1.0.1")
    look_at(page)
    look_at(page.form(f"{DRAFTS}/{ready}/publish").submit("Publish", correction=PLAIN))
    lesson = site.visitor("sam").get(f"{COURSE}/lessons/hello")
    assert PLAIN[:20] in lesson.main
    look_at(lesson)
    zipped = io.BytesIO()
    with zipfile.ZipFile(zipped, "w") as archive:
        for path, text in {
            **FILES,
            f"1-begin/{PLAIN}.md": "x",
            f"media/{PLAIN}.png": "x",
            f"{NAME}\x07.md": "x",
        }.items():
            archive.writestr(path, text)
    start = tara.get(f"{DRAFTS}/new").form_with("Start from this file")
    sent = {**dict(start.fields), "way": "zip", "file": FileStorage(io.BytesIO(zipped.getvalue()), f"{PLAIN}.zip")}
    look_at(tara.send(start.action, sent))


def look_at_files(site: Site, tara: Inspector) -> None:
    """Look at what leaves the site: every email, and the page of a SCORM package with its manifest."""
    emails = outbox(site)
    assert any(NAME in email.html for email in emails)
    for email in emails:
        assert living(parse(email.html)[0]) == [] and email.subject.isprintable(), email.subject
    sent = tara.browser.get(f"{COURSES}/small-course/exchange/scorm", base_url=BASE, buffered=True)
    with zipfile.ZipFile(io.BytesIO(sent.data)) as package:
        assert living(parse(package.read("index.html").decode())[0]) == []
        assert NAME in etree.fromstring(package.read("imsmanifest.xml")).xpath("string()")
