"""What there is no rate for: refused unless it is to be listed, and then in rows of its own."""

import pytest

from cli.options import Place, Valuation
from cli.session import Session
from cli.typed import worth
from ledger.book import Worth
from ledger.errors import InputError, MissingRate
from tests.commandline import refused as refused_command
from tests.commandline import rows
from tests.world import announce, commit, records, refused

BOOK = ("pledge add KW '5 KWD' --purpose military --instrument grant --on 2025-02-03",)
LISTED = Worth("EUR", list_missing=True)
LAYERED = Worth("EUR", by_event=True, list_missing=True)


def column(table, *names):
    return [tuple(row[name] for name in names) for row in records(table)]


@pytest.fixture
def mixed(book):
    """Euros, and dinars that the ECB does not publish."""
    announce(book, "KW", "100 KWD", "7 EUR", on="2025-02-03")
    pledge = announce(book, "GB", "10 EUR", on="2025-02-03")
    commit(book, pledge, "4 EUR", on="2025-03-03")
    return book


def test_what_has_no_rate_stands_in_rows_of_its_own_without_a_policy(mixed):
    table = mixed.totals(worth=LISTED)
    assert column(table, "donor", "currency", "pledged", "policy") == [
        ("GB", "EUR", "10.00", "spot"),
        ("KW", "EUR", "7.00", "spot"),
        ("KW", "KWD", "100.000", None),
    ]
    assert [(row[1], str(row[2]), row[-1]) for row in table.totals] == [
        ("EUR", "17.00 EUR", "spot"),
        ("KWD", "100.000 KWD", None),
    ]
    assert table.notes == ["no rate to EUR for 100.000 KWD (pledged): it stands in rows of its own"]


@pytest.mark.parametrize("asked", [LISTED, LAYERED])
def test_the_pipeline_and_the_timeline_list_it_as_well(mixed, asked):
    piped = mixed.pipeline(worth=asked)
    assert ("pledged", "KWD", "100.000", None) in column(piped, "stage", "currency", "amount", "policy")
    assert piped.notes == ["no rate to EUR for 100.000 KWD (amount): it stands in rows of its own"]
    told = mixed.timeline(worth=asked, cumulative=True)
    assert column(told, "period", "currency", "pledged", "policy") == [
        ("2025-02", "EUR", "17.00", "spot"),
        ("2025-02", "KWD", "100.000", None),
        ("2025-03", "EUR", "17.00", "spot"),
        ("2025-03", "KWD", "100.000", None),
    ]


def test_without_it_the_report_is_refused(mixed):
    for report in (mixed.totals, mixed.pipeline, mixed.timeline):
        with refused(MissingRate, "no rate from KWD to EUR on 2025-02-03 by policy spot"):
            report(worth=Worth("EUR"))


def test_where_every_amount_has_a_rate_nothing_changes(book):
    announce(book, "GB", "10 GBP", on="2025-02-03")
    plain, listed = book.totals(worth=Worth("EUR")), book.totals(worth=LISTED)
    assert (listed.rows, listed.totals, listed.notes) == (plain.rows, plain.totals, plain.notes)


def test_the_evidence_has_the_rates_there_are(mixed):
    assert column(mixed.totals(worth=LISTED).explained(), "currency", "pledged") == [("EUR", "17.00")]


def test_a_currency_without_a_rate_on_some_days_is_partly_converted(book):
    announce(book, "GB", "10 ISK", on="2008-12-09")
    announce(book, "GB", "20 ISK", on="2015-06-01")
    assert [row[1] for row in column(book.totals(worth=LISTED), "pledged", "currency")] == ["EUR", "ISK"]
    assert column(book.totals(worth=LISTED), "pledged", "policy")[1] == ("20", None)


def test_reports_that_compare_values_refuse_to_leave_any_out(mixed):
    with refused(InputError, "the exposure compares values in one currency: leave --missing list out"):
        mixed.exposure(LISTED)
    with refused(InputError, "a comparison of policies compares values in one currency: leave --missing list out"):
        mixed.compare_policies(LISTED)


def test_it_goes_with_a_currency_to_convert_to():
    with refused(InputError, "--policy, --rates, --value-at and --missing go with --in CUR"):
        worth(Valuation(missing="list"), Session(Place()))
    with refused(InputError, "--missing is refuse or list, not 'drop'"):
        Valuation(missing="drop")


@pytest.mark.usefixtures("desk")
def test_the_command_lists_what_it_cannot_convert():
    assert "no rate from KWD to EUR" in refused_command(1, "report totals --in EUR")
    [row] = rows("report totals --in EUR --missing list")
    assert (row["currency"], row["pledged"], row["policy"]) == ("KWD", "5.000", None)
