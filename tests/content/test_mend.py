"""What has one safe fix is fixed, the rest is left, and a course comes back byte for byte as it was before."""

import pytest

from lms.content.lint.codes.explain import examples
from lms.content.lint.mend import MENDABLE, mend
from lms.content.model.bundle import Bundle, from_folder
from tests.builders.content import COURSES
from tests.content.small_course import FILES, bundle

LESSON_PATH = "1-begin/1-hello.md"
MODULE = FILES["1-begin/module.md"]
SINK = "practice/at-the-sink.md"
# What was typed, the file, the text that it takes the place of, and what it comes back as, where that differs.
TYPED = [
    ("CURLY_QUOTES", "1-begin/module.md", "title: Begin", "title: “Begin”", 'title: "Begin"'),
    ("CURLY_QUOTES", LESSON_PATH, '{#sml-l1 objectives="sml-o1"}', "{#sml-l1 objectives=“sml-o1”}", ""),
    ("HIDDEN_SPACE", LESSON_PATH, "## How", "##\u00a0How", ""),
    ("HIDDEN_SPACE", "check.md", "- (x) Wait.", "\u200b- (x) Wait.", ""),
    ("HIDDEN_SPACE", LESSON_PATH, "{{emergency}} in doubt", "{{emergency}}\u2028in doubt", "{{emergency}}\nin doubt"),
    ("HIDDEN_SPACE", LESSON_PATH, "Dana looks", "Da\u202ena looks", ""),
    ("PASTED_BULLET", LESSON_PATH, "- one\n", "•\u00a0one\n", ""),
    ("PASTED_BULLET", "check.md", "| --- | --- | --- |", "| — | —– | --- |", ""),
    ("PUT_IN_QUOTES", "1-begin/module.md", "title: Begin", "title: 2027", 'title: "2027"'),
    ("TEXT_CUT_SHORT", "1-begin/module.md", "title: Begin", "title: Room #4", 'title: "Room #4"'),
    ("YAML_BROKEN", "1-begin/module.md", "title: Begin", "title: Begin: again", 'title: "Begin: again"'),
    ("BAD_VALUE", LESSON_PATH, "self_care: yes", "self_care: Yes", ""),
    ("BAD_VALUE", LESSON_PATH, "topics: [death], note", "topics: [death], mention: On, note",
     "topics: [death], mention: yes, note"),
    ("UNKNOWN_LABEL", SINK, "**opening offer, steady**", "**Opening Offer, steady**", ""),
    ("UNKNOWN_FIT", SINK, "**opening offer, steady**", "**opening offer, Steady**", ""),
    ("BAD_MARK", "check.md", "- ( ) Leave", "- () Leave", ""),
    ("FIXED_ORDER", "check.md", "{#sml-q03 objectives", "{#sml-q03 .fixed objectives", ""),
]  # fmt: skip


@pytest.mark.parametrize(("code", "path", "old", "typed", "fixed"), TYPED)
def test_each_has_one_safe_fix(code, path, old, typed, fixed):
    assert old in FILES[path]
    mended = mend(bundle(**{path: FILES[path].replace(old, typed, 1)}), "small-course")
    assert mended.bundle.files[path].decode() == FILES[path].replace(old, fixed or old, 1)
    assert [(fix.path, fix.what) for fix in mended.fixes] == [(path, code)]


def test_every_code_that_can_be_fixed_is_tried_here():
    assert {row[0] for row in TYPED} == MENDABLE


@pytest.mark.parametrize(
    ("path", "old", "typed"),
    [
        (LESSON_PATH, "Dana looks up.", "Dana looks up.  "),  # two spaces break a line
        (LESSON_PATH, "> “Hello, I’m Noor.”", "– Hello, I’m Noor.\n– And I’m Dana."),  # speech, or a list
        ("course.md", "draw: 3", "draw: 3 #three"),  # a comment, which quotes would make a value
        ("course.md", "summary: A course for tests.", "summary: “A \"quoted\" and ‘single’ 'word'”"),
        ("check.md", "- ( ) Leave", "- [ ] Leave"),  # one answer or several: only the writer knows
    ],
)
def test_what_could_mean_two_things_is_left(path, old, typed):
    assert old in FILES[path]
    spoiled = bundle(**{path: FILES[path].replace(old, typed, 1)})
    assert mend(spoiled, "small-course").bundle is spoiled


@pytest.mark.parametrize("code", sorted({"CURLY_QUOTES", "PUT_IN_QUOTES", "TEXT_CUT_SHORT", "YAML_BROKEN"}))
def test_the_page_of_a_code_shows_what_its_fix_writes(code):
    example = examples()[code]
    whole = bundle(**{"1-begin/module.md": MODULE.replace("title: Begin", example.failing)})
    assert example.fixed in mend(whole, "small-course").bundle.files["1-begin/module.md"].decode()


PLANTED = (
    ("CURLY_QUOTES", b'objectives="', "objectives=“".encode()),
    ("HIDDEN_SPACE", b"\n## ", "\n##\u00a0".encode()),
    ("UNKNOWN_LABEL", b"\n- **o", b"\n- **O"),
    ("BAD_VALUE", b"\nself_care: yes", b"\nself_care: YES"),
    ("BAD_MARK", b"\n- ( ) ", b"\n- () "),
    ("spaces at line ends", b"\ntitle: ", b"  \ntitle: "),
)


def planted(files: dict[str, bytes]) -> set[str]:
    """Put each fault into every text where there is room for it, and write texts in other encodings."""
    kinds = set()
    for number, path in enumerate(sorted(path for path in files if path.endswith(".md"))):
        for kind, plain, fault in PLANTED:
            if plain in files[path]:
                files[path] = files[path].replace(plain, fault, 1)
                kinds.add(kind)
        if number % 3 == 0:
            files[path] = files[path].decode().replace("\n", "\r\n").encode("utf-16")
            kinds |= {"UTF-8", "line ends"}
    return kinds


FOLDERS = sorted(path.parent for path in COURSES.glob("*/course.md"))


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda path: path.name)
def test_every_shipped_course_comes_back_byte_for_byte_once_faults_are_planted_in_it(folder):
    whole = from_folder(folder)
    files = dict(whole.files)
    kinds = planted(files)
    mended = mend(Bundle(files), folder.name)
    assert {fix.what for fix in mended.fixes} == kinds and len(kinds) > 5
    assert mended.bundle == whole
    assert mend(whole, folder.name).bundle is whole
