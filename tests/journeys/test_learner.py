"""A learner's whole way in a browser: from the home page to a certificate that a stranger verifies."""

from __future__ import annotations

import pytest

from tests.journeys import walks
from tests.journeys.conftest import Opens
from tests.journeys.hands import Keyboard, Mouse
from tests.journeys.served import Served

pytestmark = pytest.mark.browser
PFA = "Psychological first aid for colleagues"


def to_the_check(hands: Mouse, served: Served, name: str, shown: str) -> None:
    """Register, read every lesson, have both conversations, and open the check."""
    walks.register(hands, served, name, shown)
    walks.read_lessons(hands, PFA)
    assert walks.h1(hands) == "What’s left"
    assert walks.have_conversations(hands) == 2
    hands.press_this(hands.page.locator("main .btn.fill"))
    hands.press("Start the check")


def to_the_certificate(hands: Mouse, stranger: Mouse, served: Served, shown: str) -> None:
    """Send the answers, take the certificate, and let a stranger verify it by code, by its square and by name."""
    hands.press("Send my answers")
    assert walks.h1(hands) == "You passed the check"
    code, pdf = walks.fetch_certificate(hands, served)
    on_paper = walks.text_of(pdf)
    assert shown in on_paper
    stranger.page.goto(walks.printed_address(on_paper))
    assert walks.h1(stranger) == "Verify a certificate"
    assert "valid" in walks.look_up(stranger, served, code)
    stranger.page.goto(f"{served.url}/V/{code}")
    assert "valid" in walks.h1(stranger)
    assert "The name matches." in walks.compare_name(stranger, shown)


def test_noor_goes_from_the_home_page_to_a_verified_certificate(served: Served, opens: Opens) -> None:
    hands, stranger = Mouse(opens().new_page()), Mouse(opens().new_page())
    to_the_check(hands, served, "noor", "Noor Aziz")
    walks.answer_one_by_one(hands, served, "noor")
    to_the_certificate(hands, stranger, served, "Noor Aziz")


def test_jonas_does_the_same_without_javascript_on_a_phone(served: Served, opens: Opens) -> None:
    phone = {"java_script_enabled": False, "viewport": {"width": 360, "height": 740}}
    hands, stranger = Mouse(opens(**phone).new_page()), Mouse(opens(java_script_enabled=False).new_page())
    to_the_check(hands, served, "jonas", "Jonas Weber")
    walks.answer_all_at_once(hands, served, "jonas")
    to_the_certificate(hands, stranger, served, "Jonas Weber")


def test_mei_does_the_same_with_the_keyboard_alone(served: Served, opens: Opens) -> None:
    hands, stranger = Keyboard(opens().new_page()), Keyboard(opens().new_page())
    to_the_check(hands, served, "mei", "Mei Lin")
    walks.answer_one_by_one(hands, served, "mei")
    to_the_certificate(hands, stranger, served, "Mei Lin")
