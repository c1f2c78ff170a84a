"""What programs may rely on: the forms of what is printed, the options that are the same everywhere."""

import os
import re
import threading

import pytest

from tests import places
from tests.commandline import ADD, VARIED, Answer, book, done, rows, typed

BOOK = VARIED

MEASURES = "pledged committed allocated disbursed called repaid forgiven cancelled top_up outstanding owed"
COLUMNS = {
    "report totals": f"donor currency {MEASURES}",
    "report totals --by ''": f"currency {MEASURES}",
    "report totals --by recipient,purpose,instrument": f"recipient purpose instrument currency {MEASURES}",
    "report totals --by year,quarter,month": f"year quarter month currency {MEASURES}",
    "report totals --by pledge,package,parent,source": f"pledge package parent source currency {MEASURES}",
    "report totals --by currency": f"currency {MEASURES}",
    "report totals --donor GB,JP --in EUR": f"donor currency {MEASURES} policy",
    "report totals --donor GB,JP --in EUR --by currency": f"original_currency currency {MEASURES} policy",
    "report pipeline": "stage currency amount overdue",
    "report pipeline --donor GB,JP --in EUR --by donor": "donor stage currency amount overdue policy",
    "report trial-balance": "pledge stage commodity debit credit balance",
    "journal list": "entry on recorded_at kind pledge note",
    "journal show 6": "section entry on name commodity value",
    "pledge list": "pledge on donor recipient purpose instrument source currency pledged outstanding state package"
    " parent title",
    "pledge show P": "section entry on name commodity value",
    "party list": "code name kind groups",
    "party show GB": "code name kind relation party since until",
    "source list": "code name",
    "item list": "code name",
    "check": "severity code where message",
    "convert 'GBP 1600000000' EUR --on 2025-03-02": "amount currency result result_currency on rate rate_date policy"
    " source",
    "rate list GBP JPY --from 2025-02-27 --until 2025-03-02": "source kind base quote period rate sha256 retrieved_at",
}
"""Every command that prints data, with its columns."""

STEPS = (
    'pledge commit P "1 GBP" --on 2025-03-07',
    'pledge allocate P "1 GBP" --on 2025-03-07',
    'pledge disburse P "1 GBP" --on 2025-03-07',
    'pledge repay P "1 GBP" --on 2025-03-07',
    'pledge forgive P "1 GBP" --on 2025-03-07',
    'pledge call G "1 USD" --on 2025-03-07',
    'pledge cancel P "1 GBP" --on 2025-03-07',
    'pledge draw LIMIT DRAWN "1 GBP" --on 2025-03-07',
    'pledge revise P "101 GBP" --note why --on 2025-03-07',
    "pledge supersede LIMIT DRAWN --note why --on 2025-03-07",
    "pledge amend P --title Other --note why --on 2025-03-07",
    "journal reverse 15 --note why --on 2025-03-07",
    "journal close 2024",
    "journal reopen 2023 --note why",
)
"""Every command that shows what it recorded."""

RECORDED = "entry line on kind pledge stage commodity debit credit"
REGISTER = (
    "entry line on recorded_at kind pledge donor recipient purpose instrument source stage commodity"
    " debit credit amount title note citation_url citation_quote reverses origin"
)
DIGITS = {"JPY": 0, "KWD": 3, "missile": 0}

pytestmark = pytest.mark.usefixtures("desk")


# The forms


@pytest.mark.parametrize(
    ("command", "columns"), [*COLUMNS.items(), *((step, RECORDED) for step in STEPS)], ids=lambda text: text[:40]
)
def test_json_is_a_list_of_flat_objects_whose_keys_are_the_header_of_the_csv(command, columns):
    printed = typed(f"{command} --format json")
    assert (printed.code, printed.said) == (0, "")
    for row in printed.rows:
        assert list(row) == columns.split()
        assert all(value is None or type(value) in {str, int} for value in row.values())
    if command in COLUMNS:
        table = done(f"{command} --format csv")
        header, *lines = table.split("\r\n")
        assert header == columns.replace(" ", ",")
        assert lines[-1] == ""
        assert Answer(0, table, "").table == [
            {name: "" if value is None else str(value) for name, value in row.items()} for row in printed.rows
        ]


def test_there_is_something_to_see_of_each():
    assert [command for command in COLUMNS if command != "check" and not rows(command)] == []


@pytest.mark.parametrize("command", STEPS)
def test_a_step_shows_its_postings_as_csv_too(command):
    (header, *_) = typed(f"{command} --format csv").printed.split("\r\n")
    assert header == RECORDED.replace(" ", ",")


@pytest.mark.parametrize("locale", ["en", "uk", "de", "fr", "pl"])
def test_what_programs_read_is_the_same_in_every_language(locale):
    for command in (*COLUMNS, "export csv"):
        for form in ("",) if command == "export csv" else ("--format json", "--format csv"):
            assert typed(f"{command} {form} --locale {locale}") == typed(f"{command} {form}")


@pytest.mark.parametrize("command", [command for command in COLUMNS if command.startswith(("report", "pledge list"))])
def test_amounts_are_plain_text_with_the_digits_of_their_currency(command):
    for row in rows(command):
        digits = DIGITS.get(str(row.get("commodity", row.get("currency"))), 2)
        pattern = r"-?\d+" + (rf"\.\d{{{digits}}}" if digits else "")
        amounts = [row[name] for name in (*MEASURES.split(), "amount", "overdue", "debit", "balance") if name in row]
        assert all(amount is None or re.fullmatch(pattern, amount) for amount in amounts)
        assert amounts


def test_each_currency_has_its_own_digits():
    found = {row["currency"]: row["pledged"] for row in rows("report totals --by ''")}
    assert found == {
        "EUR": "5.00",
        "GBP": "3500000100.00",
        "JPY": "471900000000",
        "KWD": "0.125",
        "USD": "50.00",
    }


def test_dates_are_iso_dates_and_moments_utc():
    for row in rows("journal list"):
        assert re.fullmatch(r"\d{4}-\d\d-\d\d", row["on"])
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z", row["recorded_at"])
    assert {row["on"] for row in rows("pledge list")} >= {"2025-03-02", "2024-10-31", "2023-12-24"}


def test_what_is_absent_is_null_and_empty():
    (row,) = [row for row in rows("pledge list") if row["pledge"] == "US-2025-0001"]
    assert row["currency"] is row["pledged"] is row["title"] is row["parent"] is None
    assert row["state"] == "undisclosed"
    (row,) = [row for row in typed("pledge list --format csv").table if row["pledge"] == "US-2025-0001"]
    assert row["currency"] == row["pledged"] == row["title"] == row["parent"] == ""


def test_a_text_comes_back_as_it_was_typed():
    title = '=1+1, "quoted"; naïve'
    for found in (rows("pledge list"), typed("pledge list --format csv").table):
        assert [row["title"] for row in found if row["pledge"] == "P"] == [title]
    (register,) = {
        (row["title"], row["citation_url"], row["citation_quote"], row["note"])
        for row in typed("export csv --pledge P").table
        if row["entry"] == "6"
    }
    assert register == (title, "https://example.org/?a=1,2", 'he said "so"', "first")
    assert "naïve" in done("pledge list --format json")


def test_namibia_is_a_country_and_not_nothing():
    assert [row["donor"] for row in typed("pledge list --donor NA --format csv").table] == ["NA"]


def test_the_register_has_its_columns_and_one_side_filled_and_is_the_same_each_time():
    text = done("export csv")
    assert text == done("export csv")
    assert text.startswith(REGISTER.replace(" ", ",") + "\r\n")
    for row in Answer(0, text, "").table:
        side, other = ("debit", "credit") if not row["amount"].startswith("-") else ("credit", "debit")
        assert (row[side], row[other]) == (row["amount"].removeprefix("-"), "")


@pytest.mark.parametrize(
    ("locale", "seen"),
    [
        ("en", ["United Kingdom", "3,500,000,000.00", "471,900,000,000", "0.125"]),
        ("de", ["Vereinigtes Königreich", "3.500.000.000,00", "471.900.000.000", "0,125"]),
        ("fr", ["Royaume-Uni", "3\u202f500\u202f000\u202f000,00", "Namibie", "0,125"]),
        ("pl", ["Wielka Brytania", "3\xa0500\xa0000\xa0000,00", "0,125"]),
        ("uk", ["Велика Британія", "3\xa0500\xa0000\xa0000,00", "Намібія", "0,125"]),
    ],
)
def test_people_read_countries_and_figures_in_their_language(locale, seen):
    printed = done(f"report totals --locale {locale}")
    assert [text for text in seen if text not in printed] == []
    assert "The club" in done(f"party list --locale {locale}")


def test_people_are_shown_a_total_that_programs_do_not_get():
    total = "3,500,000,100.00"  # 100 of Britain and 3.5bn of France
    assert done("report totals --currency GBP").count(total) == 1
    assert [row["pledged"] for row in rows("report totals --currency GBP")] == ["3500000000.00", "100.00"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (f'pledge add GB "1 GBP" --on 2025-05-05 {ADD}', "GB-2025-0001"),
        (f'pledge add GB "1 GBP" --id MINE --on 2025-05-05 {ADD}', "MINE"),
        ("party add NEW Name --kind institution", "NEW"),
        ("source add new Name", "new"),
        ("item add tank Tank", "tank"),
    ],
)
def test_what_creates_something_prints_just_its_id(text, said):
    assert typed(text) == Answer(0, f"{said}\n", "")


def test_ids_count_on_by_donor_and_year():
    for number in ("0001", "0002"):
        assert done(f'pledge add GB "{int(number) * 7} GBP" --on 2024-05-05 {ADD}') == f"GB-2024-{number}\n"
    assert done(f'pledge add FR "1 EUR" --on 2024-05-05 {ADD}') == "FR-2024-0001\n"


# Where, who and in which language


OTHERWISE = () if places.ON_SERVER else ("pledge list --book sqlite:///book.db",)


def test_the_book_may_be_named_before_the_command_and_after_it_and_by_the_environment(monkeypatch):
    known = rows("pledge list")
    known_as, other = places.at("book.db"), places.at("other.db")
    monkeypatch.setenv("AIDLEDGER_BOOK", other)
    done("init")
    assert rows("pledge list") == []
    for command in (f"--book {known_as} pledge list", f"pledge list --book {known_as}", *OTHERWISE):
        assert rows(command) == known
    assert rows(f"--book {other} pledge list --book {known_as}") == known


def test_the_book_is_a_file_among_the_users_data_where_none_is_named(desk, monkeypatch):
    monkeypatch.delenv("AIDLEDGER_BOOK")
    assert done("init") == f"{desk}/data/aidledger/book.sqlite\n"
    assert rows("pledge list") == []


def test_the_language_may_be_named_before_the_command_and_after_it_and_by_the_environment(monkeypatch):
    german = done("report totals --locale de")
    assert "Vereinigtes" in german
    assert done("--locale de report totals") == german
    assert done("--locale fr report totals --locale de") == german
    monkeypatch.setenv("AIDLEDGER_LOCALE", "de")
    assert done("report totals") == german
    monkeypatch.delenv("AIDLEDGER_LOCALE")
    monkeypatch.setenv("LC_ALL", "de_DE.UTF-8")
    assert done("report totals") == german
    assert "Royaume-Uni" in done("--locale fr report totals")


def test_the_language_governs_how_amounts_are_read():
    added = done(f'pledge add DE "1,6 Mrd. EUR" --on 2025-05-05 --locale de {ADD}').strip()
    assert [row["pledged"] for row in rows("pledge list --donor DE")] == ["1600000000.00"]
    done(f'pledge commit {added} "0,5 Mrd. EUR" --locale de --format csv')
    assert rows("report totals --donor DE")[0]["committed"] == "500000000.00"


def test_each_entry_says_who_recorded_it(monkeypatch):
    monkeypatch.setenv("AIDLEDGER_USER", "grace")
    done("source add new Name")
    said = {row["name"]: row["value"] for row in rows("journal show 19")}
    assert (said["kind"], said["recorded_by"]) == ("source", "grace")
    assert {row["name"]: row["value"] for row in rows("journal show 6")}["recorded_by"] == "ada"


def test_help_of_the_book_names_how_long_it_is_waited_for():
    assert "AIDLEDGER_PATIENCE" in typed("check --help").printed
    assert "AIDLEDGER_BOOK" in typed("check --help").printed
    assert str(book()) not in typed("check --help").printed


def test_an_export_to_a_pipe_goes_through_it_and_leaves_it_where_it_is(desk):
    pipe = desk / "pipe"
    os.mkfifo(pipe)
    heard: list[bytes] = []
    listener = threading.Thread(target=lambda: heard.append(pipe.read_bytes()))
    listener.start()
    assert typed("export csv --out pipe").code == 0
    listener.join()
    assert heard[0].decode() == done("export csv")
    assert pipe.is_fifo()
