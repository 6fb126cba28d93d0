"""The menu on a phone holds names as long as people have them."""

from __future__ import annotations

import pytest

from lms.accounts.actions import register, sign_in
from tests.journeys.conftest import Opens
from tests.journeys.served import Served

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("name", ["Wolfeschlegelsteinhausenbergerdorffs", "M" * 80, "Ines Duarte"])
def test_a_long_name_stays_within_the_menu_of_a_phone(served: Served, opens: Opens, name: str) -> None:
    email = f"menu{len(name)}@example.org"
    person = served.site.do(register, email, name, "x")
    token = served.site.do(sign_in, person.id, True, email, "a test")
    context = opens(viewport={"width": 320, "height": 640})
    context.add_cookies([{"name": "session", "value": token, "url": served.url}])
    page = context.new_page()
    page.goto(f"{served.url}/courses")
    page.locator("details.menu summary").click()
    assert page.evaluate("document.documentElement.scrollWidth") == 320
