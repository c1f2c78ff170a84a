"""Options: what a package says of itself in ``datapackage.json``, and what was asked for when it was made."""

from __future__ import annotations

import calendar
import json
import re
from collections.abc import Mapping
from typing import Any, NamedTuple, Optional

from ledger.formats.verifier.words import Unsound, shown


class Options(NamedTuple):
    """What a package was asked for; days are ISO 8601, both ends of a period inside.

    ``value_at`` is ``pledge``, ``event`` or a day; ``may_miss`` says that amounts without a rate are left empty.
    """

    said: Mapping[str, Any]
    resources: list[Mapping[str, Any]]
    first: Optional[str]
    last: Optional[str]
    since: Optional[int]
    currency: str
    policy: str
    value_at: str
    may_miss: bool
    spreadsheet_safe: bool

    def within(self, on: str) -> bool:
        """Whether a day lies in the period; any day does where there is none."""
        return not (self.first and self.last) or self.first <= on <= self.last


def options_of(text: str) -> Options:
    """The options in a descriptor. Raises :class:`Unsound` where it does not name them all."""
    try:
        descriptor = json.loads(text)
        said, resources = descriptor["aidledger"], descriptor["resources"]
        period, since, reporting = said["period"], said["since"], said["reporting"]
        options = Options(
            said=said,
            resources=[
                {name: each[name] for name in ("path", "bytes", "hash")} | {"schema": each.get("schema")}
                for each in resources
            ],
            first=None if period is None else period["since"],
            last=None if period is None else period["until"],
            since=None if since is None else since["size"],
            currency=reporting["currency"],
            policy=reporting["policy"],
            value_at=reporting["value_at"],
            may_miss=reporting["missing"] == "list",
            spreadsheet_safe=said["spreadsheet_safe"] is True,
        )
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError):
        raise Unsound("is no descriptor of such a package: some of its names are missing") from None
    _refuse_options(options, period)
    return options


def _refuse_options(options: Options, period: Any) -> None:  # noqa: ANN401 - whatever JSON holds
    if options.said.get("version") != 1:
        raise Unsound("is of another version than 1")
    if period is not None and (options.first, options.last) != _days(period.get("name")):
        raise Unsound(f"names a period with other days than its own: {shown(json.dumps(period))}")
    if options.since is not None and not (type(options.since) is int and options.since > 0):
        raise Unsound("names an earlier checkpoint of no entries")
    if not re.fullmatch("[A-Z]{3}", str(options.currency)):
        raise Unsound(f"names no reporting currency: {shown(str(options.currency))}")
    if not re.fullmatch(r"pledge|event|\d{4}-\d\d-\d\d", str(options.value_at)):
        raise Unsound(f"does not say at which day amounts are valued: {shown(str(options.value_at))}")


def _days(name: Any) -> Optional[tuple[str, str]]:  # noqa: ANN401 - whatever JSON holds
    """The first and the last day of ``2025``, ``2025-Q1`` or ``2025-03``."""
    found = re.fullmatch(r"(\d{4})(?:-Q([1-4])|-(0[1-9]|1[0-2]))?", name if isinstance(name, str) else "")
    if not found or found[1] == "0000":
        return None
    year, quarter, month = found[1], found[2], found[3]
    begins = int(month or (int(quarter) * 3 - 2 if quarter else 1))
    ends = begins if month else begins + 2 if quarter else 12
    return f"{year}-{begins:02}-01", f"{year}-{ends:02}-{calendar.monthrange(int(year), ends)[1]}"
