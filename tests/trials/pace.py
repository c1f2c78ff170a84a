"""Pace: how fast a trial went, who waited how long, and what was refused, read from its history alone."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

from tests.trials.asked import Call, read_calls

_MILLISECOND = 1_000_000
_SECOND = 1_000_000_000


def paces(folder: Path) -> Iterator[str]:
    """Lines on throughput, on waits by kind of operation, on each process, and on refusals."""
    calls = [call for call in read_calls(folder / "history") if call.returned]
    if not calls:
        return
    new = [call.says for call in calls if call.outcome == "ok" and not call.says.get("repeated")]
    written = sum(len(says.get("entries", ())) or says.get("imported", 0) for says in new)
    span = max(call.returned or 0 for call in calls) - calls[0].invoked
    yield f"{len(calls)} calls answered, {written} entries acknowledged, {written * _SECOND // span} a second"
    yield from _waits("kind", calls)
    yield from _waits("process", calls)
    refused = Counter((call.invoke["kind"], call.says["kind"]) for call in calls if call.outcome == "refused")
    for (kind, why), count in sorted(refused.items()):
        yield f"refused {count:6}  {kind}: {why}"


def _waits(name: str, calls: Sequence[Call]) -> Iterator[str]:
    """Of the calls with the same name: how many, half of them answered within, and the longest wait."""
    found: dict[str, list[int]] = {}
    for call in calls:
        label = str(call.invoke[name]).partition(".")[0]
        found.setdefault(f"{label} by {call.invoke['way']}", []).append((call.returned or 0) - call.invoked)
    for label, waits in sorted(found.items()):
        waits.sort()
        median, longest = waits[len(waits) // 2] // _MILLISECOND, waits[-1] // _MILLISECOND
        yield f"{name} {label}: {len(waits)} calls, median {median} ms, longest {longest} ms"
