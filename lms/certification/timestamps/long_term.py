"""PAdES B-LTA: what's needed to verify a signature after its authorities have gone, and a timestamp over the file.

Both come in one revision after the signature, which is written here byte by byte from the signed file, the DER of the
materials and the token. So a verifier writes it again from its parts and compares: nothing else can be in it.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Callable, Iterator
from dataclasses import astuple, dataclass

ROOM = 12_000
_ROOT = re.compile(rb"/Root (\d+) 0 R\b")
_SIZE = re.compile(rb"/Size (\d+)\b")
_ID = re.compile(rb"/ID (\[ <[0-9a-f]+> <[0-9a-f]+> \])")
_START = re.compile(rb"startxref\n(\d+)\n%%EOF\n\Z")
_FIELDS = re.compile(rb"/Fields \[ (\d+) 0 R \]")
_PAGE = re.compile(rb"/P (\d+ 0 R)\n")
_COUNTS = re.compile(rb"/Certs \[((?: \d+ 0 R)*) \]\n/OCSPs \[((?: \d+ 0 R)*) \]\n/CRLs \[((?: \d+ 0 R)*) \]\n")
_STREAM = re.compile(rb"\d+ 0 obj\n<<\n/Length (\d{1,6})\n>>\nstream\n")
_TOKEN = re.compile(rb"/Contents <((?:[0-9a-f]{2})+)>\n/ByteRange \[0 (\d{10}) (\d{10}) (\d{10})\]\n")
_GONE = b"0" * 10


class NotLongTerm(ValueError):
    """The file doesn't end with a revision that `extend` wrote."""


@dataclass(frozen=True)
class Materials:
    """What verifies a signature later, in DER: certificates, OCSP responses and revocation lists."""

    certificates: tuple[bytes, ...] = ()
    ocsps: tuple[bytes, ...] = ()
    crls: tuple[bytes, ...] = ()


@dataclass(frozen=True)
class LongTerm:
    """Such a revision, taken apart: what was signed before it, and what its token stamps."""

    signed: bytes
    materials: Materials
    token: bytes
    stamped: bytes


def extend(signed: bytes, materials: Materials, stamp: Callable[[bytes], bytes]) -> bytes:
    """Return a file that this site signed with the materials and a timestamp over all of it."""
    before, after = _parts(signed, materials)
    token = stamp(before + after).hex().encode()
    if len(token) > 2 * ROOM:
        raise ValueError("the timestamp is larger than its room")
    return before + b"<" + token.ljust(2 * ROOM, b"0") + b">" + after


def take_apart(content: bytes, end: int) -> LongTerm:
    """Return a file whose signature ends at a byte in its parts; raise NotLongTerm if anything else comes after."""
    signed, tail = content[:end], content[end:]
    counts, found = _COUNTS.search(tail), _TOKEN.search(tail)
    if counts is None or found is None:
        raise NotLongTerm
    sizes = [part.count(b" 0 R") for part in counts.groups()]
    streams = _read_streams(tail, counts.end(), sum(sizes))
    first, second = sizes[0], sizes[0] + sizes[1]
    materials = Materials(streams[:first], streams[first:second], streams[second:])
    try:
        before, after = _parts(signed, materials)
    except (AttributeError, ValueError):
        raise NotLongTerm from None
    token = found[1]
    if before + b"<" + token + b">" + after != content or len(token) != 2 * ROOM:
        raise NotLongTerm
    return LongTerm(signed, materials, bytes.fromhex(token.decode()), before + after)


def _read_streams(tail: bytes, at: int, count: int) -> tuple[bytes, ...]:
    streams = []
    for _number in range(count):
        head = _STREAM.search(tail, at)
        if head is None:
            raise NotLongTerm
        at = head.end() + int(head[1])
        streams.append(tail[head.end() : at])
    return tuple(streams)


def _parts(signed: bytes, materials: Materials) -> tuple[bytes, bytes]:
    """Return a long-term file before and after the place of its token."""
    about = signed[signed.rindex(b"/Type /XRef") :]
    root, size = int(_ROOT.search(about)[1]), int(_SIZE.search(about)[1])  # type: ignore[index]
    catalog = signed[signed.rindex(f"\n{root} 0 obj\n".encode()) + 1 :]
    catalog = catalog[: catalog.index(b"\nendobj\n")]
    (field,) = _FIELDS.findall(catalog)
    own = signed[signed.rindex(b"\n%s 0 obj\n" % field) :]
    page = _PAGE.search(own)[1]  # type: ignore[index]
    objects = list(_objects(size, root, catalog, page, materials))
    written, offsets = b"", {}
    for number, content in objects:
        offsets[number] = len(signed) + len(written)
        written += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    place = written.rindex(b"/Contents ") + len(b"/Contents ")
    before, after = signed + written[:place], written[place:]
    hole = 2 * ROOM + 2
    start = len(signed) + len(written) + hole
    # The hole moves what comes after it: of what has an offset, only the cross-reference table.
    after += _table(size + len(objects) - 1, offsets, start, about, signed)
    numbers = (len(before), len(before) + hole, len(after))
    return before, after.replace(b" ".join([_GONE] * 3), b"%010d %010d %010d" % numbers, 1)


def _objects(size: int, root: int, catalog: bytes, page: bytes, materials: Materials) -> Iterator[tuple[int, bytes]]:
    """Return the objects of the revision by number, the timestamp last."""
    store, kinds = size, astuple(materials)
    numbers = iter(range(size + 1, size + 1 + sum(map(len, kinds))))
    lists = [[next(numbers) for _each in kind] for kind in kinds]
    field = size + 1 + sum(map(len, kinds))
    with_field = _FIELDS.sub(rb"/Fields [ \1 0 R %d 0 R ]" % field, catalog)
    _head, _line, rest = with_field.partition(b"\n")
    yield root, rest.removesuffix(b"\n>>") + b"\n/DSS %d 0 R\n>>" % store
    named = [b"".join(b" %d 0 R" % number for number in each) for each in lists]
    yield store, b"<<\n/Type /DSS\n/Certs [%s ]\n/OCSPs [%s ]\n/CRLs [%s ]\n>>" % tuple(named)
    for numbers_of, kind in zip(lists, kinds, strict=True):
        for number, content in zip(numbers_of, kind, strict=True):
            yield number, b"<<\n/Length %d\n>>\nstream\n%s\nendstream" % (len(content), content)
    yield (
        field,
        b"<<\n/Type /Annot\n/Subtype /Widget\n/FT /Sig\n/T (Time)\n/TU (Timestamp of this document)\n/F 132\n"
        b"/Rect [ 0 0 0 0 ]\n/P %s\n/V %d 0 R\n>>" % (page, field + 1),
    )
    yield (
        field + 1,
        b"<<\n/Type /DocTimeStamp\n/Filter /Adobe.PPKLite\n/SubFilter /ETSI.RFC3161\n/Contents \n/ByteRange [0 %s]\n>>"
        % b" ".join([_GONE] * 3),
    )


def _table(number: int, offsets: dict[int, int], start: int, about: bytes, signed: bytes) -> bytes:
    """Return the cross-reference stream of the revision, and the end of the file."""
    offsets = {**offsets, number: start}
    rows = b"".join(struct.pack(">BIB", 1, offsets[each], 0) for each in sorted(offsets))
    index = b" ".join(b"%d 1" % each for each in sorted(offsets))
    previous = _START.search(signed)[1]  # type: ignore[index]
    root, ids = _ROOT.search(about)[1], _ID.search(about)[1]  # type: ignore[index]
    info = re.search(rb"/Info \d+ 0 R", about)[0]  # type: ignore[index]
    return (
        b"%d 0 obj\n<<\n/Type /XRef\n/W [ 1 4 1 ]\n/Size %d\n/Root %s 0 R\n%s\n/ID %s\n/Prev %s\n/Index [ %s ]\n"
        b"/Length %d\n>>\nstream\n%s\nendstream\nendobj\nstartxref\n%d\n%%%%EOF\n"
    ) % (number, number + 1, root, info, ids, previous, index, len(rows), rows, start)
