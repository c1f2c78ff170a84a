"""Damage that knows what it damages: bytes, lines, cells, tags, numbers, members of a zip; and what breaks readers."""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Sequence
from itertools import pairwise
from random import Random
from zipfile import ZIP_DEFLATED, ZipFile

TOKENS: tuple[bytes, ...] = (
    *(b"\0", b"\xef\xbb\xbf", b"\xff\xfe", b"\xed\xa0\x80", b"\xc3\x28", b"\x1b[2J", b"\r", b"\n\n", b"\x85", b"\x1a"),
    *(sign.encode() for sign in ("\u202e", "\u2028", "\u200f", "\u2066", "\ufeff", "\u0663", "\uff11", "\u00b2")),
    *(sign.encode() for sign in ("\u0130", "\u1e9e", "\U0010ffff", "\u2212", "\u00a0", "e\u0301" * 20, "\u2014 ")),
    *(b"9" * 5000, b"1e999999999", b"-1e-999999999", b"1E400", b"NaN", b"Infinity", b"-0", b"0x10", b"1_000", b"1/0"),
    *(b"18446744073709551616", b"9007199254740993", b"170141183460469231731687303715884105728", b"0.1" + b"0" * 400),
    *(b"[" * 3000, b"{" * 3000, b'{"a":' * 3000, b"<a>" * 3000, b"(" * 500, b"a.b" * 500, b"\\" * 501, b"=" * 99),
    *(b'"', b'""', b"'", b";", b",", b"\t", b"|", b"\\", b"#", b"&", b"&#0;", b"&lt;", b"&#x110000;", b"%s%n", b"{0}"),
    *(b"<!DOCTYPE a [<!ENTITY b SYSTEM 'file:///etc/passwd'>]>", b"<![CDATA[", b"]]>", b"<!--", b"<?xml?>", b"&b;"),
    *(b"../../../../etc/passwd", b"/dev/zero", b"file:///etc/passwd", b"~root", b"$(id)", b"`id`", b"=1+1", b"@SUM(1)"),
    *(
        b"0000-00-00",
        b"9999-12-31",
        b"10000-01-01",
        b"2025-02-30",
        b"0001-01-01",
        b"2025-W01-1",
        b"20250302",
        b"1900-01-00",
    ),
    *(b"null", b"true", b"[]", b"{}", b'""', b"-", b"+", b".", b":", b"None", b"__class__", b"\xd9\xa3\xd9\xa4"),
    *(b"inf GBP", b"1e3 GBP", b"\xc2\xa31,6.5bn", b"5000+ missile", b"up to up to 1 EUR", b"1.234.567,89", b"-5 GBP"),
)
"""What has broken readers of others before."""

Change = Callable[[bytes, Random], bytes]

_NUMBER = re.compile(rb"[0-9]+")
_PARTS = re.compile(rb"[,;\t|<>:\"= {}\[\]]")


def mutated(data: bytes, random: Random, others: Sequence[bytes] = ()) -> bytes:
    """The data, damaged once to four times; that of a zip in its members as often as in its own bytes."""
    if data.startswith(b"PK") and random.random() < 0.8:
        return _in_zip(data, random, others)
    for _ in range(random.randint(1, 4)):
        data = random.choice(CHANGES)(data, random)
    if others and random.random() < 0.1:
        other = random.choice(others)
        data = data[: random.randint(0, len(data))] + other[random.randint(0, len(other)) :]
    return data[:LARGEST]


LARGEST = 200_000
"""Bytes: what is larger is tried by tests of its own."""


def _span(data: bytes, random: Random, most: int = 64) -> tuple[int, int]:
    start = random.randint(0, len(data))
    return start, min(len(data), start + random.randint(0, most))


def flip(data: bytes, random: Random) -> bytes:
    """One byte is another."""
    if not data:
        return bytes([random.randint(0, 255)])
    place = random.randrange(len(data))
    return data[:place] + bytes([random.randint(0, 255)]) + data[place + 1 :]


def cut(data: bytes, random: Random) -> bytes:
    """A piece is gone, now and then all that follows."""
    start, end = _span(data, random, random.choice((1, 8, 64, 1024, 10**6)))
    return data[:start] + data[end:]


def double(data: bytes, random: Random) -> bytes:
    """A piece is there many times."""
    start, end = _span(data, random, 200)
    return data[:end] + data[start:end] * random.choice((1, 2, 50, 500)) + data[end:]


def insert(data: bytes, random: Random) -> bytes:
    """Something that breaks readers stands in between."""
    place = random.randint(0, len(data))
    return data[:place] + random.choice(TOKENS) + data[place:]


def number(data: bytes, random: Random) -> bytes:
    """A number is another, or something else."""
    return _put(data, random, [found.span() for found in _NUMBER.finditer(data)])


def part(data: bytes, random: Random) -> bytes:
    """What stands between two marks, such as a cell, an attribute or a value, is something else."""
    marks = [found.start() for found in _PARTS.finditer(data)]
    return _put(data, random, [(a + 1, b) for a, b in pairwise(marks)])


def _put(data: bytes, random: Random, spans: Sequence[tuple[int, int]]) -> bytes:
    if not spans:
        return insert(data, random)
    start, end = random.choice(spans)
    return data[:start] + random.choice(TOKENS) + data[end:]


def swap_cells(data: bytes, random: Random) -> bytes:
    """Two pieces between marks change places."""
    marks = [found.start() for found in _PARTS.finditer(data)]
    if len(marks) < 4:
        return flip(data, random)
    one, other = sorted(random.sample(range(len(marks) - 1), 2))
    (a, b), (c, d) = (marks[one] + 1, marks[one + 1]), (marks[other] + 1, marks[other + 1])
    return data[:a] + data[c:d] + data[b:c] + data[a:b] + data[d:]


def swap_lines(data: bytes, random: Random) -> bytes:
    """Lines change places, are there twice, or are gone."""
    lines = data.split(b"\n")
    one, other = random.randrange(len(lines)), random.randrange(len(lines))
    choice = random.randint(0, 2)
    if choice == 0:
        lines[one], lines[other] = lines[other], lines[one]
    elif choice == 1:
        lines.insert(one, lines[other])
    else:
        del lines[one]
    return b"\n".join(lines)


CHANGES: tuple[Change, ...] = (flip, cut, double, insert, number, number, part, part, swap_cells, swap_lines)


def _in_zip(data: bytes, random: Random, others: Sequence[bytes]) -> bytes:
    """A zip whose members were damaged, renamed, doubled, or are of other sizes than they say."""
    try:
        with ZipFile(io.BytesIO(data)) as archive:
            members = [(info.filename, archive.read(info)) for info in archive.infolist()]
    except Exception:  # noqa: BLE001 - whatever a damaged zip raises, it is damaged as plain bytes
        return flip(data, random)
    place = random.randrange(len(members)) if members else 0
    choice = random.randint(0, 9)
    if not members or choice == 0:
        members.append((random.choice(("../up", "/abs", "a" * 300, "xl/sheet9.xml", "/")), random.choice(TOKENS)))
    elif choice == 1:
        del members[place]
    else:
        name, inside = members[place]
        members[place] = (name, mutated(inside, random, others))
    return zipped(members)


def zipped(members: Sequence[tuple[str, bytes]]) -> bytes:
    """A zip of these members; a name may be there twice."""
    found = io.BytesIO()
    with ZipFile(found, "w", ZIP_DEFLATED) as archive:
        written: set[str] = set()
        for name, inside in members:
            if name not in written:
                written.add(name)
                archive.writestr(name, inside)
    return found.getvalue()
