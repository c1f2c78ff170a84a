"""Countries by their names, where a code was asked for: what to write instead, as a hint."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from ledger.errors import UnknownRecord
from ledger.message import message

_ALPHA_2 = 2  # letters


@contextmanager
def naming_countries(tag: str) -> Iterator[None]:
    """Whatever refuses an unknown party until the block ends: with the code, where it is a country's name."""
    try:
        yield
    except UnknownRecord as refusal:
        if refusal.party and len(refusal.party) > _ALPHA_2:
            refusal.hint = _hint(refusal.party, tag) or refusal.hint
        raise


def _hint(text: str, tag: str) -> str | None:
    """The code of the country that this text names in the user's language; of both, where it may be two."""
    from ledger.locale.names import countries, country, near

    names, codes = countries(tag), country(text, tag)
    if len(codes) > 1:
        first, second = codes[:2]
        return message(
            "{text} can be {first_name}, {first}, or {second_name}, {second}: write the code",
            text=text,
            first_name=names[first],
            first=first,
            second_name=names[second],
            second=second,
        )
    if codes:
        return message("the code of {country} is {code}", country=names[codes[0]], code=codes[0])
    likest = next(iter(near(text, tag, 1).items()), None)
    return likest and message("did you mean {country}? Its code is {code}", country=likest[1], code=likest[0])
