"""What lower rooms ask of upper ones: one typed value that `lms.hooks` fills, so that no import goes upwards."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Protocol

from lms.foundation.per_app import provided
from lms.foundation.personal_data import Part, StoredData


@dataclass(frozen=True)
class CourseCertificate:
    """The certificate of an enrolment: its page, unless there is none or it waits for a review or for its name."""

    url: str | None = None
    waiting: bool = False
    code: str | None = None
    name: str = ""
    waits_for_name: bool = False


class CertificateNews(Protocol):
    """What pages say of a certificate that can be renewed, or whose course has a newer version."""

    @property
    def mark(self) -> str:
        """Return the mark beside it."""

    @property
    def in_short(self) -> str:
        """Return it in a few words."""

    @property
    def until(self) -> date | None:
        """Return the last day to renew it."""


class SiteFinding(Protocol):
    """What a check of the site found, in words; something to do means that it needs attention."""

    @property
    def check(self) -> str:
        """Return the key by which programs go."""

    @property
    def text(self) -> str:
        """Return what was found."""

    @property
    def to_do(self) -> str:
        """Return what to do about it; nothing where all is well."""


@dataclass(frozen=True)
class AskedCourse:
    """A course that a programme asks somebody to take, in words; `answer` is what came of asking for more time."""

    course_id: str
    assignment: str
    words: str
    answer: str
    note: str
    can_ask: bool


@dataclass(frozen=True)
class Hooks:
    """One callable for each question that a lower room asks; ids and plain values go in."""

    # The page cache: what the frame of this page depends on, and the name in it.
    page_frame: Callable[[], tuple[Hashable, str]]
    # Sign-in: response, person id and whether the device is their own.
    copy_display_settings: Callable[[Any, str, bool], None]
    # Personal data: what all rooms store (of a person, or of anybody), one person's data, and its
    # deletion with a key that seals what stays.
    list_stored: Callable[[str | None], list[StoredData]]
    export_person: Callable[[str], list[Part]]
    delete_person: Callable[[str, bytes | None], None]
    # Certificates of a person, and of an enrolment.
    list_certificates: Callable[[str], list[dict[str, Any]]]
    find_certificate: Callable[[str], CourseCertificate]
    find_certificate_news: Callable[[str], CertificateNews | None]
    find_readiness: Callable[[str], dict[str, Any] | None]
    # What programmes ask of a person and isn't completed: person id, and one course or None for all.
    list_asked: Callable[[str, str | None], list[AskedCourse]]
    # Whether certificates of a course version wait for its review: programme id and digest.
    waits_for_review: Callable[[str, str], bool]
    # The letters of a name that certificates can't print.
    missing_letters: Callable[[str], tuple[str, ...]]
    # The titles in a name, and the name without them.
    split_titles: Callable[[str], tuple[tuple[str, ...], str]]
    # Notices on the start pages of operators, and of coordinators of a programme with this slug and settings.
    operator_notices: Callable[[], list[str]]
    coordinator_notices: Callable[[str, Mapping[str, Any]], list[str]]
    # Support lines and the person to talk to, as a programme with these facts shows them now, to be taken along.
    support_lines: Callable[[Mapping[str, Any]], dict[str, Any]]
    # What needs attention on the site, or in the programme with a slug, as `lms doctor` finds it.
    list_findings: Callable[[str | None], Sequence[SiteFinding]]


def hooks() -> Hooks:
    """Return the hooks of the running app."""
    return provided(Hooks)
