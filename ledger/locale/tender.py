"""Legal tender: which currencies are in use today, and where."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from itertools import chain
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from babel import Locale

_OWN_YEN = {"ja": frozenset({"JPY"}), "zh": frozenset({"CNY"})}


@cache
def _tender() -> Mapping[str, frozenset[str]]:
    """The currencies that are legal tender today, by country."""
    from babel.core import get_global  # noqa: PLC0415 - see above

    rows = get_global("territory_currencies").items()
    return {country: frozenset(code for code, _, end, tender in of if tender and not end) for country, of in rows}


def in_use() -> list[str]:
    """The currencies that are legal tender somewhere today, by code."""
    return sorted(set(chain.from_iterable(_tender().values())))


def paid_with(locale: Locale) -> frozenset[str]:
    """The currencies that the locale's country pays with; none where it names no country."""
    return _tender().get(locale.territory or "", frozenset()) or _OWN_YEN.get(locale.language, frozenset())
