"""A picture that may be hard to look at waits behind its description."""

from lms.content.lint.check import check
from tests.content.small_course import FILES, bundle

LESSON_PATH = "1-begin/1-hello.md"
# One grey dot.
PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108000000003a7e9b550000000a49444154789c6368"
    "020000840083d086ce230000000049454e44ae426082"
)
PICTURE = 'How to begin\n\n![A burnt doorway & a bench.](../media/bench.png "The door")\n'


def marked(entry: str) -> str:
    text = FILES[LESSON_PATH].replace("How to begin\n", PICTURE).replace("self_care: yes", f"self_care: yes\n{entry}")
    read = check(bundle(**{LESSON_PATH: text, "media/bench.png": PNG}), "small-course").course
    assert read is not None
    return read.lessons[0].html


def test_a_marked_picture_stands_in_a_closed_fold_with_its_description_and_a_calm_one_does_not() -> None:
    html = marked("distressing: [../media/bench.png]")
    assert '<details class="fold"><summary>⟦t:Show the picture⟧: A burnt doorway &amp; a bench.</summary><img' in html
    assert "<figcaption>The door</figcaption>" in html and "<details open" not in html
    assert "<details" not in marked("minutes: 5")
