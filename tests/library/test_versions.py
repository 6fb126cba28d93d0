"""A version follows what is published, so that nobody's newest course turns into an older one."""

from __future__ import annotations

import pytest

from lms.content.lint.check import read_course
from lms.foundation.refused import Refused
from lms.library import actions, rules
from lms.library.actions import Published
from tests.conftest import Site
from tests.content.small_course import COURSE, bundle


def publish(site: Site, version: str, title: str = "A small course") -> Published | Refused:
    """Publish the small course under a version and a title."""
    text = COURSE.replace('"1.0.0"', f'"{version}"').replace("title: A small course", f"title: {title}")
    files = bundle(**{"course.md": text})
    course = read_course(files).course
    assert course is not None
    return site.do(actions.publish, files, course)


def test_a_trainer_may_go_on_with_a_line_and_never_back(sqlite_site: Site) -> None:
    steps = [
        ("1.0.2", ""), ("1.0.1", "1.0.3"), ("0.9.0", "1.1.0"), ("1.2.0", ""), ("1.0.3", ""), ("1.1.0", "1.2.1"),
        ("1.0.2", ""), ("1.0.0", "1.0.4"), ("2.0.0", ""), ("1.9.9", "2.0.1"), ("1.2.1", ""), ("20.9999.9999", ""),
    ]  # fmt: skip
    for version, would_do in steps:
        done = publish(sqlite_site, version)
        if would_do:
            assert isinstance(done, Refused) and would_do in done.message, version
        else:
            assert isinstance(done, Published), version


def test_other_text_under_a_published_version_is_still_refused(sqlite_site: Site) -> None:
    assert isinstance(publish(sqlite_site, "1.0.0"), Published)
    done = publish(sqlite_site, "1.0.0", "Another title")
    assert isinstance(done, Refused) and "with other text" in done.message


@pytest.mark.parametrize("version", ["0.0.0", "1.10.3", "20.9999.9999"])
def test_a_rank_leads_back_to_its_version(version: str) -> None:
    assert rules.version_of(rules.rank(version)) == version


def test_every_version_that_is_read_has_room_in_the_database() -> None:
    assert rules.rank("20.9999.9999") < 2**31


@pytest.mark.parametrize(
    ("owner", "published", "is_operator", "may"),
    [
        ("harbour", True, False, True),
        ("meadow", True, False, False),
        (None, True, False, False),
        (None, False, False, True),
        (None, True, True, True),
        ("meadow", True, True, True),
    ],
)
def test_trainers_publish_what_belongs_to_their_programme(
    owner: str | None, published: bool, is_operator: bool, may: bool
) -> None:
    assert rules.may_publish(owner, "harbour", is_operator, published=published) is may
