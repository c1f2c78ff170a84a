"""A comparison: every program, asked the same at each size, in turn, as whole processes."""

import argparse
import json
import os
import platform
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import peers
from answers import disagreements
from processes import ROOT, ProcessFailedError, Program, Taken, measured
from programs import CASES, OURS, TELLING, Books
from tables import printed_figures, written_into
from workload import Workload, made, named, size_of

PATIENCE = 60
"""Seconds: what has taken so long in one case is not run in another round."""

GENERATOR = ROOT.parent / "shared" / "bench" / "gen.py"
_EPILOG = """Processes run one at a time, every program once in each round, so that what else the machine does falls on
all of them alike; medians and ratios count. The first of several rounds warms the caches and is not counted, unless it
took more than a minute: what does is run once.
Totals are compared with the generator's own: a program that says otherwise ends the run with exit code 1."""


def main() -> None:
    """Measure and print; or make the table from what was measured before."""
    options = _options()
    try:
        measurements = _together(options.given) if options.given else _measurements(options)
    except ProcessFailedError as failed:
        sys.exit(f"error: a program failed: {failed}")
    measurements["by"] = options.by
    print(printed_figures(measurements))
    if options.table:
        options.table.write_text(
            written_into(options.table.read_text(encoding="utf-8"), measurements), encoding="utf-8"
        )
    if wrong := measurements["disagreements"]:
        sys.exit("\n".join(["error: the programs do not say the same", *wrong]))


def _together(files: Sequence[Path]) -> dict[str, Any]:
    """What several runs measured, as if it had been one: of a figure that stands in more than one, the last counts."""
    runs = [json.loads(file.read_text(encoding="utf-8")) for file in files]
    figures = {(each["size"], each["case"], each["program"]): each for run in runs for each in run["figures"]}
    wrong = [each for run in runs for each in run["disagreements"]]
    return {**runs[-1], "figures": list(figures.values()), "disagreements": wrong}


def _keep(measurements: dict[str, Any], out: Path | None) -> None:
    """Write what was measured so far: a run of hours may be ended before its time."""
    if out is not None:
        out.write_text(json.dumps(measurements, indent=1) + "\n", encoding="utf-8")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="benchmarks/run", description=__doc__, epilog=_EPILOG)
    parser.add_argument("--sizes", default="1k,10k", help="how many pledges, as in 30,1k,100k,1M (1k,10k)")
    parser.add_argument("--only", choices=CASES, action="append", help="this case alone; may be said again")
    parser.add_argument("--programs", help="these programs alone, parted by commas, as the table calls them")
    parser.add_argument("--rounds", type=int, default=5, help="how often each is counted (5)")
    parser.add_argument("--by", choices=("wall", "processor"), default="wall", help="what goals are judged by (wall)")
    parser.add_argument("--peers-upto", type=size_of, default=100_000, metavar="SIZE", help="others' programs (100k)")
    parser.add_argument("--generator", type=Path, default=GENERATOR, help="what makes the workload, gen.py")
    parser.add_argument("--book", metavar="URL", help="measure a PostgreSQL server too: postgresql://...")
    parser.add_argument("--work", type=Path, help="a folder to keep workloads and books in, and to find them again")
    parser.add_argument("--out", type=Path, metavar="FILE.json", help="keep what was measured")
    parser.add_argument("--table", type=Path, metavar="FILE.md", help="put the table where this file has its marks")
    parser.add_argument(
        "--from", dest="given", type=Path, nargs="+", metavar="FILE.json", help="measure nothing: use what these keep"
    )
    return parser.parse_args()


def _measurements(options: argparse.Namespace) -> dict[str, Any]:
    """Everything that was measured, as JSON has it, with what it was measured on."""
    found: dict[str, Any] = {"on": _machine(), "rounds": options.rounds, "figures": [], "disagreements": []}
    for size in map(size_of, options.sizes.split(",")):
        folder = options.work / named(size) if options.work else Path(tempfile.mkdtemp(prefix="aidledger-bench-"))
        try:
            workload = made(options.generator.resolve(), folder.resolve(), size)
            books = Books(workload, options.book)
            before = books.make()
            asked = [*books.programs(), *(peers.programs(workload) if size <= options.peers_upto else [])]
            if options.programs:
                asked = [program for program in asked if program.name in options.programs.split(",")]
            for case in options.only or CASES:
                first = before if case == "import" and before and before.wall > PATIENCE else None
                _compared(case, [program for program in asked if case in program.cases], workload, found, first=first)
                _keep(found, options.out)
        finally:
            if not options.work:
                shutil.rmtree(folder)
    return found


def _compared(
    case: str, programs: Sequence[Program], workload: Workload, found: dict[str, Any], *, first: Taken | None
) -> None:
    """Measure one case of every program at one size, and keep the figures beside those before.

    ``first`` is what the ledger took for it before, where that was so long that it is not run again.
    """
    taken: dict[str, list[Taken]] = {program.name: [] for program in programs}
    if first is not None and OURS in taken:
        taken[OURS].append(first)
    rounds = found["rounds"]
    for turn in range(rounds + 1 if rounds > 1 else 1):
        for program in programs:
            times = taken[program.name]
            if (turn or times) and sum(each.wall for each in times) > PATIENCE:
                continue
            printed = workload.path(f"{case}.out")
            times.append(_taken(program, case, printed))
            if not turn:
                found["disagreements"] += disagreements(case, program.name, printed, workload)
            print(f"{named(workload.size)} {case} {program.name}: {times[-1]}", file=sys.stderr, flush=True)
    for name, times in taken.items():
        rows = [each.as_row() for each in times[1:] or times]
        found["figures"].append({"size": workload.size, "case": case, "program": name, "runs": rows})


def _taken(program: Program, case: str, printed: Path) -> Taken:
    """One run; where the program says itself what its writing took, that."""
    command = program.cases[case]()
    taken = measured(command, printed)
    if program.name not in TELLING:
        return taken
    said = json.loads(printed.read_text(encoding="utf-8"))
    return Taken(said["wall"], said["processor"], taken.memory)


def _machine() -> dict[str, str]:
    """What the figures were measured on."""
    return {
        "when": datetime.now(UTC).strftime("%Y-%m-%d"),
        "cores": str(os.cpu_count()),
        "python": platform.python_version(),
        **dict(_versions()),
    }


def _versions() -> Iterator[tuple[str, str]]:
    for name, command in ((peers.HLEDGER, "hledger"), (peers.LEDGER, "ledger"), (peers.BEANCOUNT, "bean-check")):
        if path := peers.located(command):
            said = subprocess.run([path, "--version"], capture_output=True, text=True, check=False).stdout  # noqa: S603
            yield name, said.splitlines()[0].partition(",")[0].removeprefix(f"{name} ") if said else "?"
