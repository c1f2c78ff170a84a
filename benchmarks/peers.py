"""What a user would pick instead: three programs that keep a journal as text, each asked the same by its own command.

To add a pledge there is to append it to the text and have the whole checked.
"""

import shutil
import sys
from pathlib import Path

from processes import Program
from workload import Workload

HLEDGER, LEDGER, BEANCOUNT = NAMES = ("hledger", "Ledger", "Beancount")


def located(command: str) -> str | None:
    """Where a command is: beside this Python, or on the path."""
    beside = Path(sys.executable).parent / command
    return str(beside) if beside.exists() else shutil.which(command)


def programs(workload: Workload) -> list[Program]:
    """Those of the three that are here."""
    ways = {"hledger": _hledger, "ledger": _ledger, "bean-query": _beancount}
    return [way(workload, path) for command, way in ways.items() if (path := located(command))]


def _hledger(workload: Workload, path: str) -> Program:
    alone, priced = (str(workload.path(name)) for name in ("main.journal", "all.journal"))
    by_country = ["balance", "^Expenses:Aid", "--depth", "3", "--no-total", "--output-format", "csv"]
    return Program(
        HLEDGER,
        {
            "check": lambda: [path, "-f", alone, "check"],
            "totals": lambda: [path, "-f", alone, *by_country],
            "euros": lambda: [path, "-f", priced, *by_country, "--value=then,EUR"],
            "csv": lambda: [path, "-f", alone, "print", "--output-format", "csv"],
            "add": lambda: [path, "-f", _appended(workload, "journal"), "check"],
        },
    )


def _ledger(workload: Workload, path: str) -> Program:
    alone, priced = (str(workload.path(name)) for name in ("main.journal", "all.journal"))
    by_country = ["balance", "^Expenses:Aid", "--depth", "3", "--no-total"]
    return Program(
        LEDGER,
        {
            "check": lambda: [path, "--file", alone, "source"],
            "totals": lambda: [path, "--file", alone, *by_country],
            "euros": lambda: [path, "--file", priced, *by_country, "--exchange", "EUR", "--historical"],
            "csv": lambda: [path, "--file", alone, "csv"],
            "add": lambda: [path, "--file", _appended(workload, "journal"), "source"],
        },
    )


def _beancount(workload: Workload, path: str) -> Program:
    alone, priced = (str(workload.path(name)) for name in ("main.beancount", "all.beancount"))
    query, check = [path, "--format", "csv"], str(Path(path).with_name("bean-check"))
    country, aid = "root(account, 3) AS country", "WHERE account ~ '^Expenses:Aid' GROUP BY country"
    own = f"SELECT {country}, currency, sum(number) AS amount {aid}, currency"
    euros = f"SELECT {country}, sum(number(convert(position, 'EUR', date))) AS amount {aid}"
    rows = "SELECT date, payee, narration, links, account, number, currency"
    return Program(
        BEANCOUNT,
        {
            "check": lambda: [check, alone],
            "totals": lambda: [*query, alone, own],
            "euros": lambda: [*query, priced, euros],
            "csv": lambda: [*query, alone, rows],
            "add": lambda: [check, _appended(workload, "beancount")],
        },
    )


def _appended(workload: Workload, ending: str) -> str:
    """A copy of a journal to which the one pledge is appended."""
    more = workload.path(f"more.{ending}")
    shutil.copyfile(workload.path(f"main.{ending}"), more)
    with more.open("ab") as file:
        file.write(workload.path(f"one.{ending}").read_bytes())
    return str(more)
