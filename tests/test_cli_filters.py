"""Which part of a book is asked for: the filters that are the same everywhere, and the two times."""

from datetime import UTC, datetime, timedelta

import pytest

from tests.commandline import VARIED, done, refused, rows, typed

BOOK = VARIED
FILTERS = [
    *("--contingent", "--donor", "--group", "--recipient", "--purpose", "--instrument", "--source"),
    *("--package", "--pledge"),
    *("--currency", "--from", "--until", "--as-of", "--known-at"),
]

pytestmark = pytest.mark.usefixtures("desk")


# The filters


def pledged(words, command="pledge list"):
    """The pledges that a selection shows."""
    return {row["pledge"] for row in rows(f"{command} {words}")}


EVERYONE = {"P", "JP-2024-0001", "KW-2024-0001", "NA-2023-0001", "US-2025-0001", "LIMIT", "DRAWN", "G"}


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("", EVERYONE),
        ("--donor GB", {"P", "G"}),
        ("--donor JP,KW", {"JP-2024-0001", "KW-2024-0001"}),
        ("--donor JP --donor KW", {"JP-2024-0001", "KW-2024-0001"}),
        ("--group CLUB", {"P"}),  # Britain joined in 2025, France left in 2024
        ("--group G7", {"P", "G", "JP-2024-0001", "US-2025-0001", "LIMIT", "DRAWN"}),
        ("--recipient NA", {"KW-2024-0001"}),
        ("--recipient UA,NA", EVERYONE),
        ("--purpose humanitarian", {"KW-2024-0001", "NA-2023-0001"}),
        ("--instrument in_kind,guarantee", {"NA-2023-0001", "US-2025-0001", "G"}),
        ("--source ukef,era", {"P", "JP-2024-0001"}),
        ("--package SPRING", {"P"}),
        ("--pledge P,G", {"P", "G"}),
        ("--contingent only", {"G"}),
        ("--contingent exclude", EVERYONE - {"G"}),
        ("--from 2025-01-01", {"P", "US-2025-0001", "LIMIT", "DRAWN"}),
        ("--until 2023-12-24", {"NA-2023-0001", "G"}),
        ("--from 2024-05-01 --until 2024-10-31", {"JP-2024-0001", "KW-2024-0001"}),
        ("--as-of 2024-05-01", {"KW-2024-0001", "NA-2023-0001", "G"}),
        ("--known-at 8", {"P", "JP-2024-0001", "KW-2024-0001"}),
        ("--donor GB --instrument loan", {"P"}),
        ("--donor GB --instrument grant", set()),
    ],
)
def test_each_filter_leaves_out_what_it_does_not_name(words, expected):
    assert pledged(words) == expected


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("--donor GB", {"P", "G"}),
        ("--group CLUB", {"P"}),
        ("--recipient NA", {"KW-2024-0001"}),
        ("--purpose humanitarian", {"KW-2024-0001", "NA-2023-0001"}),
        ("--instrument guarantee", {"G"}),
        ("--source ukef", {"P"}),
        ("--package SPRING", {"P"}),
        ("--pledge LIMIT", {"LIMIT"}),
        ("--contingent only", {"G"}),
        ("--currency JPY,KWD", {"JP-2024-0001", "KW-2024-0001"}),
        ("--currency missile", {"P", "US-2025-0001"}),
        ("--from 2025-03-01", {"P"}),
        ("--until 2023-12-31", {"NA-2023-0001", "G"}),
        ("--as-of 2023-12-31", {"NA-2023-0001", "G"}),
        ("--known-at 6", {"P"}),
    ],
)
def test_the_filters_are_the_same_for_every_report_and_the_register(words, expected):
    assert pledged(words, "report trial-balance") == expected
    assert {row["pledge"] for row in typed(f"export csv {words}").table} == expected
    if words != "--currency missile":  # which are no money
        assert pledged(f"{words} --by pledge", "report totals") == expected
        assert pledged(f"{words} --by pledge", "report pipeline") == expected


def test_the_journal_shows_the_entries_that_touch_what_is_selected():
    assert [row["entry"] for row in rows("journal list --pledge P")] == [6, 14, 15, 16, 17]
    assert [row["entry"] for row in rows("journal list --pledge LIMIT")] == [11, 12]
    assert [row["entry"] for row in rows("journal list --currency JPY")] == [7]
    assert [row["entry"] for row in rows("journal list --until 2023-12-31")] == [9, 13]
    assert [row["entry"] for row in rows("journal list --from 2025-03-04 --until 2025-03-05")] == [15, 16]
    assert [row["entry"] for row in rows("journal list --known-at 4")] == [1, 2, 3, 4]


@pytest.mark.parametrize("command", ["report totals", "pledge list", "journal list", "export csv"])
def test_every_filter_is_offered_by_every_command_that_selects(command):
    listed = typed(f"{command} --help").printed
    assert [name for name in FILTERS if f" {name} " not in listed] == []


# The two times


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("--as-of 2025-03-01", None),
        ("--as-of 2025-03-02", ("100.00", "0.00", "0.00", "0.00")),
        ("--as-of 2025-03-03", ("100.00", "60.00", "0.00", "0.00")),
        ("--as-of 2025-03-04", ("100.00", "60.00", "10.00", "0.00")),
        ("--as-of 2025-03-05", ("95.00", "60.00", "10.00", "5.00")),
        ("--as-of 2025-03-06", ("100.00", "60.00", "10.00", "0.00")),
        ("--known-at 5", None),
        ("--known-at 6", ("100.00", "0.00", "0.00", "0.00")),
        ("--known-at 14", ("100.00", "60.00", "0.00", "0.00")),
        ("--known-at 16", ("95.00", "60.00", "10.00", "5.00")),
        ("--known-at 17", ("100.00", "60.00", "10.00", "0.00")),
        ("--known-at 16 --as-of 2025-03-04", ("100.00", "60.00", "10.00", "0.00")),
        ("--as-of 2025-03-05 --until 2025-03-03", ("100.00", "60.00", "0.00", "0.00")),
        ("--from 2025-03-05 --until 2025-03-05", ("-5.00", "0.00", "0.00", "5.00")),
        ("--from 2025-03-04", ("0.00", "0.00", "10.00", "0.00")),
    ],
)
def test_a_report_looks_back_to_what_had_happened_and_to_what_was_known(words, expected):
    found = [
        (row["pledged"], row["committed"], row["disbursed"], row["cancelled"])
        for row in rows(f"report totals --pledge P {words}")
    ]
    assert found == ([expected] if expected else [])


def test_what_was_known_at_a_time_is_what_was_written_by_then():
    written = [datetime.fromisoformat(row["recorded_at"]) for row in rows("journal list")]
    second = timedelta(microseconds=1)
    for number in (6, 14, 17):
        moment = written[number - 1]
        assert rows(f"report totals --known-at {moment:%Y-%m-%dT%H:%M:%S.%fZ}") == rows(
            f"report totals --known-at {number}"
        )
        assert rows(f"report totals --known-at {(moment - second).isoformat()}") == rows(
            f"report totals --known-at {number - 1}"
        )
    assert rows(f"report totals --known-at {datetime.now(UTC):%Y-%m-%d}") == rows("report totals")
    assert rows("report totals --known-at 2025-03-01") == []


def test_an_amended_fact_is_seen_as_it_was_known():
    done("pledge amend P --donor FR --note 'it was France' --format csv")
    assert pledged("--donor GB") == {"G"}
    assert pledged("--donor GB --known-at 18") == {"P", "G"}
    assert pledged("--donor FR --as-of 2025-03-02") == {"P", "LIMIT", "DRAWN"}


# What is unknown


@pytest.mark.parametrize(
    ("code", "chosen", "words"),
    [
        (1, "--donor UK", "did you mean GB?"),
        (1, "--donor GB,XX", "'XX' is neither a country"),
        (1, "--recipient XX", "'XX' is neither a country"),
        (1, "--group NOPE", "'NOPE' has no members"),
        (1, "--source nope", "'nope' is not a registered funding source"),
        (1, "--package NOPE", "no pledge in this book is in the package 'NOPE'"),
        (1, "--pledge NOPE", "there is no pledge 'NOPE'"),
        (1, "--currency tank", "'tank' is not a registered item"),
        (2, "--currency ZZZ", "'ZZZ' is not an ISO 4217 currency code"),
        (2, "--purpose war", "--purpose 'war': choose from"),
        (2, "--instrument gift", "--instrument 'gift': choose from"),
        (2, "--contingent maybe", "--contingent is include, exclude or only"),
        (2, "--from 2025-02-30", "that day does not exist"),
        (2, "--until x", "'x' is not a date"),
        (2, "--as-of x", "'x' is not a date"),
        (2, "--known-at x", "'x' is not a time"),
        (2, "--known-at 2025-13-01", "that day does not exist"),
        (2, f"--known-at {'1' * 300}", "write a whole number"),
        (2, "--donor GB,", "--donor is empty"),
    ],
)
def test_a_filter_on_what_is_unknown_is_refused_and_never_shows_nothing(code, chosen, words):
    assert words in refused(code, f"report totals {chosen}")


@pytest.mark.parametrize("chosen", ["--donor UK", "--group NOPE", "--pledge NOPE", "--currency ZZZ", "--as-of x"])
@pytest.mark.parametrize(
    "command", ["report pipeline", "report trial-balance", "pledge list", "journal list", "export csv"]
)
def test_every_command_that_takes_filters_is_as_strict(command, chosen):
    said = refused(2 if chosen in {"--currency ZZZ", "--as-of x"} else 1, f"{command} {chosen}")
    assert f"'{chosen.split()[1]}'" in said
