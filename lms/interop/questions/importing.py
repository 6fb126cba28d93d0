"""One door for files of every format: tells GIFT, QTI, Moodle XML and CSV apart by what is in them, zips included."""

from __future__ import annotations

import io
import re
from collections.abc import Mapping
from dataclasses import replace

from lms.content.model.archive import from_zip
from lms.content.model.bundle import Bundle
from lms.content.model.wording import Sentence, say
from lms.interop.questions.bank import MAX_EFFORT_OF_FILE, MAX_QUESTIONS, Bank, LeftOut, only_the_first
from lms.interop.questions.csv_bank import read_csv
from lms.interop.questions.gift import read_gift
from lms.interop.questions.moodle_xml import read_moodle
from lms.interop.questions.plain_xml import Node, UnreadableXml, read_xml
from lms.interop.questions.qti_items import read_qti_items
from lms.interop.questions.qti_old import read_qti_old
from lms.interop.questions.text_files import read_text

MAX_BYTES = 5 * 1024 * 1024
# Elements cost more to read than their bytes: these take half a second. 5 MB of real questions hold no more.
MAX_TAGS_OF_PACKAGE = 200_000
_TOO_MANY_FILES = say("The ZIP file holds too many files. Nothing was read. Export fewer questions at once.")
_ESCAPED = re.compile(r"\\.", re.DOTALL)


def read_questions(content: bytes, name: str = "") -> Bank:
    """All questions of a file, or of the files in a zip; what is none of the formats gives a bank with a note alone."""
    if len(content) > MAX_BYTES:
        return Bank(notes=(say("The file is larger than 5 MB. Nothing was read. Export fewer questions at once."),))
    if content.startswith(b"PK"):
        unpacked = from_zip(io.BytesIO(content))
        if unpacked == "too many entries":
            return Bank(notes=(_TOO_MANY_FILES,))
        return read_package(unpacked.files) if isinstance(unpacked, Bundle) else Bank(notes=(_unknown(),))
    text, _notes = read_text(content[:4096])
    begin = text.lstrip("\ufeff \t\n")
    if begin.startswith("<"):
        return _read_xml(content)
    if name.casefold().endswith((".csv", ".tsv")):
        return read_csv(content)
    if begin and (name.casefold().endswith(".gift") or _has_braces(read_text(content)[0])):
        return read_gift(content)
    return Bank(notes=(_unknown(),))


def _has_braces(text: str) -> bool:
    bare = _ESCAPED.sub("", text)
    return 0 <= bare.find("{") < bare.rfind("}")


def read_package(files: Mapping[str, bytes]) -> Bank:
    """All questions of an unpacked zip: every XML file with items, in the order of their names."""
    banks: list[Bank] = []
    room, tags = MAX_BYTES, MAX_TAGS_OF_PACKAGE
    for path in sorted(filter(_holds_items, files)):
        read = sum(len(bank.items) + len(bank.left_out) for bank in banks)
        if read >= MAX_QUESTIONS or sum(bank.effort for bank in banks) > MAX_EFFORT_OF_FILE or min(room, tags) <= 0:
            banks.append(Bank(notes=(only_the_first(read) if read else _TOO_MANY_FILES,)))
            break
        content = files[path]
        room, tags = room - len(content), tags - content.count(b"<")
        bank = read_questions(content, path)
        if bank.items or bank.left_out:
            banks.append(replace(bank, left_out=tuple(_in_file(one, path) for one in bank.left_out)))
    if any(not path.casefold().endswith((".xml", ".qti", "/")) for path in files):
        extra: tuple[Sentence, ...] = (say("Pictures and other files of the package were left out."),)
    else:
        extra = ()
    if not banks:
        return Bank(notes=(_unknown(),))
    return Bank(
        tuple(item for bank in banks for item in bank.items),
        tuple(one for bank in banks for one in bank.left_out),
        (*dict.fromkeys(note for bank in banks for note in bank.notes), *extra),
    )


def _holds_items(path: str) -> bool:
    return path.casefold().endswith((".xml", ".qti")) and not path.casefold().endswith("imsmanifest.xml")


def _in_file(one: LeftOut, path: str) -> LeftOut:
    """The same with the file of the package that its line is in."""
    return replace(one, name=f"{one.name} ({path})" if one.name else path)


def _read_xml(content: bytes) -> Bank:
    try:
        root = read_xml(content)
    except UnreadableXml as error:
        why = say("The XML can’t be read beyond this line (%(why)s).", why=error.why)
        return Bank(left_out=(LeftOut(error.line, "", why),))
    return _by_root(root)


def _by_root(root: Node) -> Bank:
    if root.tag == "quiz":
        return read_moodle(root)
    tags = {node.tag for node in root.walk()}
    if "assessmentItem" in tags:
        return read_qti_items(root)
    if root.tag in ("questestinterop", "item", "section", "assessment", "objectbank"):
        return read_qti_old(root)
    return Bank(notes=(_unknown(),))


def _unknown() -> Sentence:
    return say(
        "No questions were found in this file. It can be GIFT, QTI 1.2 or 2.1, Moodle XML or CSV; choose one of these "
        "when you export it."
    )
