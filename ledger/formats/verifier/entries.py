"""Entries: the lines of ``journal.jsonl``, each the RFC 8785 form of a JSON object with fourteen keys."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime
from typing import Any, NamedTuple, Optional

from ledger.formats.verifier.amounts import units_of
from ledger.formats.verifier.merkle import leaf_of
from ledger.formats.verifier.words import Unsound, shown

STAGES = tuple(
    "undertaking excess pledged committed allocated disbursed called repaid forgiven cancelled paid exchange".split()
)
_MOST = 2**53
"""Integers stay below it, where every reader of JSON holds them exactly."""
_UNFIT = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
"""Characters that no entry holds: controls, line separators, marks that turn text round, lone surrogates."""

_SUSPECT = re.compile(r"[^\x20-\x7e]|\\|[0-9]{16}")
"""What a canonical line has where its values must be looked at one by one: most lines have nothing of it."""


class Posting(NamedTuple):
    """A signed amount on one account, debit positive: ``units`` are minor units, ``amount`` is how it is written."""

    pledge: str
    stage: str
    commodity: str
    amount: str
    units: int


class Entry(NamedTuple):
    """What one line says, and the hash of its bytes."""

    number: int
    book: str
    recorded_at: str
    recorded_by: str
    kind: str
    on: str
    pledge: Optional[str]
    note: Optional[str]
    origin: Optional[str]
    reverses: Optional[int]
    facts: Mapping[str, Any]
    postings: list[Posting]
    citations: list[Mapping[str, Any]]
    leaf: bytes


def lines_of(path: str) -> Iterator[tuple[int, bytes]]:
    """The lines of a file with their numbers, each with its line break, if it has one."""
    with open(path, "rb") as file:
        yield from enumerate(file, 1)


def entry_of(line: bytes) -> Entry:
    """The entry of a line that :func:`sound_entry` has let pass before."""
    return _entry(json.loads(line), line)


def _entry(said: Mapping[str, Any], line: bytes) -> Entry:
    postings = []
    for each in said["postings"]:
        commodity, amount = each["commodity"], each["amount"]
        postings.append(Posting(each["pledge"], each["stage"], commodity, amount, units_of(amount, commodity)))
    return Entry._make([*map(said.get, _FIELDS), postings, said["citations"], leaf_of(line.rstrip(b"\n"))])


def canonical(value: Any) -> str:  # noqa: ANN401 - whatever JSON holds
    """A value as RFC 8785 writes it: names are plain ASCII, numbers whole."""
    return _ENCODER.encode(value)


def _no_number(text: str) -> Any:  # noqa: ANN401 - it never returns
    raise ValueError(text)


_ENCODER = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False)
_DECODER = json.JSONDecoder(parse_float=_no_number, parse_constant=_no_number)


def sound_entry(line: bytes) -> Entry:
    """The entry of a line, which must be its canonical form and balance; :class:`Unsound` says what is not so."""
    if not line.endswith(b"\n"):
        raise Unsound("has no line break at its end")
    try:
        text = line[:-1].decode()
        said = _DECODER.decode(text)
        again = canonical(said)
    except (ValueError, RecursionError):
        raise Unsound("is no line of JSON in UTF-8 with whole numbers") from None
    if text != again:
        raise Unsound("is not written as RFC 8785 has it: names sorted, no blanks, no needless escapes, each name once")
    if _SUSPECT.search(text):
        _refuse_values(said)
    if not isinstance(said, dict) or sorted(said) != sorted(_KEYS):
        raise Unsound("has not the keys of an entry")
    for name, fits in _KEYS.items():
        if not fits(said[name]):
            raise Unsound(f"{name} cannot be {shown(canonical(said[name]))}")
    if said["kind"] == "pledge":
        _refuse_opening(said["pledge"], said["facts"].get("pledge"))
    if said["kind"] == "joint" or "about" in said["facts"]:
        _refuse_joint(said["kind"], said["pledge"], said["facts"])
    _refuse_changes(said["facts"])
    entry = _entry(said, line)
    _refuse_unbalanced(entry.postings)
    return entry


def _refuse_values(value: Any) -> None:  # noqa: ANN401 - whatever JSON holds
    """Refuse integers, names and characters that an entry never has."""
    if isinstance(value, str):
        if _UNFIT.search(value):
            raise Unsound(f"holds a control character in {shown(value)}")
    elif isinstance(value, dict):
        for name, inner in value.items():
            if not name.isascii():
                raise Unsound(f"has a name that is not plain ASCII, {shown(name)}")
            _refuse_values(inner)
    elif isinstance(value, list):
        for inner in value:
            _refuse_values(inner)
    elif isinstance(value, int) and abs(value) >= _MOST:
        raise Unsound(f"has a number too large for JSON, {value}")


def _refuse_opening(pledge: Any, stated: Any) -> None:  # noqa: ANN401 - whatever JSON holds
    if not isinstance(stated, dict) or not all(isinstance(stated.get(name), str) for name in _NEEDED):
        raise Unsound("opens a pledge without saying " + ", ".join(_NEEDED))
    if stated["id"] != pledge or not _is_day(stated["on"]):
        raise Unsound("opens another pledge than the one it names, or on no day")


def _refuse_joint(kind: str, pledge: Any, facts: Mapping[str, Any]) -> None:  # noqa: ANN401 - whatever JSON holds
    """Refuse an entry about several pledges that does not name each of them once, or names one beside them."""
    about, stated = facts.get("about"), facts.get("pledges", [])
    if pledge is not None or not isinstance(about, list) or not all(map(_is_text, about)) or not about:
        raise Unsound("is about several pledges without naming each")
    if len(set(about)) < len(about):
        raise Unsound("names a pledge twice")
    if not isinstance(stated, list) or (kind == "joint") is not bool(stated) or (stated and len(stated) != len(about)):
        raise Unsound("opens other pledges than those it names")
    for name, facts_of_one in zip(about, stated):
        _refuse_opening(name, facts_of_one)


def _refuse_changes(facts: Mapping[str, Any]) -> None:
    """Refuse changes of facts that cannot be replayed."""
    changes = facts.get("changes", {})
    if not isinstance(changes, dict) or not all(isinstance(pair, list) and len(pair) == 2 for pair in changes.values()):
        raise Unsound("changes facts without saying old and new")
    if "on" in changes and not _is_day(changes["on"][1]):
        raise Unsound("changes the day of a pledge to none")
    closed = facts.get("closed_before", [None, None])
    if not isinstance(closed, list) or len(closed) != 2 or not all(each is None or _is_day(each) for each in closed):
        raise Unsound("closes a period without saying the first open day before and after")


def _refuse_unbalanced(postings: list[Posting]) -> None:
    sums: dict[tuple[str, str], int] = {}
    for each in postings:
        place = each.pledge, each.commodity
        sums[place] = sums.get(place, 0) + each.units
    for (pledge, commodity), units in sums.items():
        if units:
            raise Unsound(f"does not balance in {shown(commodity)} on {shown(pledge)}")


def _is_text(value: Any) -> bool:  # noqa: ANN401 - whatever JSON holds
    return isinstance(value, str)


def _is_text_or_none(value: Any) -> bool:  # noqa: ANN401 - whatever JSON holds
    return value is None or isinstance(value, str)


def _is_number(value: Any) -> bool:  # noqa: ANN401 - whatever JSON holds
    return type(value) is int and value > 0


def _is_day(value: Any) -> bool:  # noqa: ANN401 - whatever JSON holds
    try:
        return isinstance(value, str) and date.fromisoformat(value).isoformat() == value
    except ValueError:
        return False


def _is_moment(value: Any) -> bool:  # noqa: ANN401 - whatever JSON holds
    try:
        return (
            isinstance(value, str) and datetime.fromisoformat(value[:-1]).isoformat("T", "microseconds") + "Z" == value
        )
    except ValueError:
        return False


def _is_postings(value: Any) -> bool:  # noqa: ANN401 - whatever JSON holds
    names = sorted(("pledge", "stage", "commodity", "amount"))
    return isinstance(value, list) and all(
        isinstance(each, dict)
        and sorted(each) == names
        and all(map(_is_text, each.values()))
        and each["stage"] in STAGES
        for each in value
    )


def _is_citations(value: Any) -> bool:  # noqa: ANN401 - whatever JSON holds
    return isinstance(value, list) and all(
        isinstance(each, dict)
        and all(name in CITED and (name == "official") is isinstance(said, bool) for name, said in each.items())
        and all(isinstance(said, (str, bool)) for said in each.values())
        for each in value
    )


_FIELDS = Entry._fields[:-3]
"""The names that an entry has in its line too, and no other form here."""
CITED = ("url", "title", "publisher", "published", "retrieved", "official", "quote", "file", "sha256")
_NEEDED = ("id", "donor", "recipient", "on", "purpose", "instrument")
_KEYS: Mapping[str, Callable[[Any], bool]] = {
    "book": _is_text,
    "citations": _is_citations,
    "facts": lambda value: isinstance(value, dict),
    "kind": _is_text,
    "note": _is_text_or_none,
    "number": _is_number,
    "on": _is_day,
    "origin": _is_text_or_none,
    "pledge": _is_text_or_none,
    "postings": _is_postings,
    "recorded_at": _is_moment,
    "recorded_by": _is_text,
    "reverses": lambda value: value is None or _is_number(value),
    "v": lambda value: type(value) is int and value == 1,
}
