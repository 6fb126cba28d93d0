"""A telephone number blocks a course, and a number that is none does not."""

from __future__ import annotations

import pytest

from lms.content.phones import find_phones
from tests.content.small_course import codes, spoiled

PHONES = [
    "Ring 112 at once.",
    "In danger: 999.",
    "112",
    "Call 911 or 988.",
    "The emergency number is 112 everywhere.",
    "Dial 988 now.",
    "Text 988 if you like.",
    "112 or 999",
    "Rufen Sie 112 an.",
    "Llama al 112 ahora.",
    "Appelez le 112 vite.",
    "999!",
    "116 123",
    "116123",
    "9-8-8",
    "13 11 14",
    "0800 1111 000",
    "(020) 7946 0958",
    "+44 20 7946 0958",
    "+1-202-555-0182",
    "202-555-0182",
    "(202) 555-0182",
    "555-0199",
    "555-1234",
    "01.23.45.67.89",
    "01 23 45 67 89",
    "0800/123456",
    "07700900123",
    "Call 5551234 now.",
    "Ring 2345-6789.",
    "030 1234567",
    "1-800-273-8255",
    "020 7946 0958 or 020 7946 0959",
    "+491701234567",
    "Call 800 123 456.",
]
NONE = [
    "112 nurses took part.",
    "Of 988 replies, few were long.",
    "999 people wrote.",
    "112 Pflegende waren da.",
    "112 of 300 came.",
    "112 to 120 beds",
    "from 112–120",
    "100–112",
    "Room 112.",
    "See page 911.",
    "Ward 999, bed 112.",
    "§ 112",
    "Section 112.",
    "ISBN 978-0-19-852663-6",
    "ISBN: 0-19-852663-6",
    "978-3-16-148410-0",
    "9783161484100",
    "ISSN 1234-5679",
    "ORCID 0000-0002-1825-0097",
    "0000-0002-1825-0097",
    "24/11/2026",
    "24.11.2026",
    "2026-11-24",
    "24-11-2026",
    "1/12/2026",
    "24/11/2026 – 26/11/2026",
    "24.11.2026-26.11.2026",
    "2026-11-24/2026-11-30",
    "1914-1918",
    "1914 – 1918",
    "2019/2020",
    "2019-2020-2021",
    "1200-1500 steps",
    "1200–1500",
    "10 000 - 20 000",
    "1 000 000",
    "1.000.000",
    "10 000–12 500",
    "1234567 people",
    "8000000 letters",
    "12(3): 45-67",
    "45(2) 123-134",
    "(2019) 120 nurses",
    "10.1000/182",
    "doi: 10.1016/12345",
    "PMID: 12345678",
    "PMID 1234567",
    "08:30-09:00",
    "192.168.10.20",
    "1.2.3",
    "50 000",
    "12,345,678",
    "112,000",
    "11.2",
    "3 000 000 people",
    "€112 000",
]


@pytest.mark.parametrize("text", PHONES)
def test_a_number_to_ring_is_found(text):
    assert list(find_phones(text))


@pytest.mark.parametrize("text", NONE)
def test_a_number_of_another_kind_blocks_nothing(text):
    assert list(find_phones(text)) == []


@pytest.mark.parametrize(("text", "blocked"), [("112 nurses came.[^WANG24]", False), ("Ring 112.", True)])
def test_only_a_telephone_number_keeps_a_course_from_being_published(text, blocked):
    reading = spoiled("1-begin/1-hello.md", "Ring {{emergency}} in doubt.\n", f"{text}\n\n")
    assert ("PHONE_NUMBER" in codes(reading)) is blocked and reading.ok is not blocked
