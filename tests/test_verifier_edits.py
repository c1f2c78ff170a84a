"""verify.py on packages with an edited table or journal: a line FAILED names the place."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.package_folder import OTHERS, SIGNED, TABLES
from tests.tampering_package import (
    appended,
    cell,
    edited,
    entry_where,
    failures,
    hashed_anew,
    head,
    in_file,
    one_digit,
    places,
    replaced,
    seal,
    signer,
    swapped,
    twice,
    unsigned,
    verified,
    without,
)

EVERY_FILE = sorted((*TABLES, *OTHERS, *SIGNED, "consistency.txt"))
COPIES = tuple(name.replace(".csv", ".excel.csv") for name in TABLES)


@pytest.fixture(scope="module")
def sealed(empty_book, tmp_path_factory):
    return seal(empty_book, tmp_path_factory.mktemp("sealed"))


@pytest.fixture
def package(sealed, tmp_path):
    """A copy of a signed package, to be edited."""
    return Path(shutil.copytree(sealed, tmp_path / "package"))


def test_a_package_nobody_edited_passes_and_its_signer_is_named(package):
    code, printed = verified(package)
    assert code == 0, printed
    assert "FAILED" not in printed
    assert f"signed by    ada {signer(package).fingerprint}" in printed
    assert "Compare this fingerprint" in printed


# Each edit of the issue, in every file


@pytest.mark.parametrize("name", [*EVERY_FILE, *COPIES])
def test_one_digit_in_any_file_is_found_there(name, package):
    edited(package / name, one_digit)
    assert in_file(name, places(package))


@pytest.mark.parametrize("name", [*EVERY_FILE, *COPIES])
def test_a_line_taken_from_any_file_is_found_there(name, package):
    edited(package / name, without(len((package / name).read_bytes().splitlines())))
    assert in_file(name, places(package))


@pytest.mark.parametrize("name", [*EVERY_FILE, *COPIES])
def test_a_line_more_in_any_file_is_found_there(name, package):
    edited(package / name, twice(len((package / name).read_bytes().splitlines())))
    assert in_file(name, places(package))


@pytest.mark.parametrize("name", [*EVERY_FILE, *COPIES])
def test_a_file_that_is_gone_is_missed_by_name(name, package):
    (package / name).unlink()
    assert in_file(name, places(package))


@pytest.mark.parametrize("name", [*TABLES, *COPIES])
def test_one_digit_is_found_in_its_cell_though_all_hashes_were_made_anew(name, package):
    last = len((package / name).read_bytes().splitlines())
    edited(package / name, one_digit)
    hashed_anew(package)
    found = places(package)
    assert f"{name} line {last}" in found
    assert in_file("SHA256SUMS.sig", found)


@pytest.mark.parametrize("change", [without(2), swapped(2), twice(2)], ids=["removed", "reordered", "twice"])
@pytest.mark.parametrize("name", [*TABLES, *COPIES])
def test_a_row_removed_or_moved_is_found_in_its_line_though_nobody_signs_the_package_any_more(name, change, package):
    unsigned(package)
    edited(package / name, change)
    hashed_anew(package)
    found = places(package)
    assert {f"{name} line 2", f"{name} line 3", f"{name} before line 2", "fx_rates.csv"} & set(found)
    others = {"gl_detail.csv", "gl_detail.excel.csv", "fx_rates.excel.csv"} if name == "fx_rates.csv" else set()
    assert {place.split(" ")[0].strip(":") for place in found} <= {name, *others}


# Tables


def test_a_changed_cell_is_named_by_line_entry_and_column_with_what_the_journal_says(package):
    edited(package / "gl_detail.csv", cell(2, "Amount", "100.01"))
    assert failures(package)[0] == (
        "gl_detail.csv line 2: Journal_ID '6', Journal_ID_Line_Number '1': Amount is '100.01', and should be '100.00'"
    )


def test_what_tells_most_comes_first_and_the_hashes_after_it(package):
    edited(package / "pledges.csv", cell(3, "donor", "FR"))
    found = places(package)
    assert found[0] == "pledges.csv line 3"
    assert found[1:] == ["pledges.csv", "pledges.csv"]


def test_a_row_that_was_taken_out_is_named_by_its_key_and_the_rest_is_not(package):
    unsigned(package)
    edited(package / "trial_balance.csv", without(5))
    hashed_anew(package)
    [line] = [line for line in failures(package) if ".excel." not in line]
    assert line.startswith("trial_balance.csv before line 5: a row is missing: Segment05 '")


def test_other_line_ends_other_quotes_and_a_byte_order_mark_are_not_the_same_file(package):
    unsigned(package)
    edited(package / "gl_detail.csv", lambda data: data.replace(b"\r\n", b"\n"))
    edited(package / "pledges.csv", lambda data: b"\xef\xbb\xbf" + data)
    edited(package / "user_listing.csv", lambda data: data.replace(b"\r\nada,", b'\r\n"ada",'))
    hashed_anew(package)
    found = places(package)
    assert {"gl_detail.csv line 2", "pledges.csv line 1", "user_listing.csv line 2"} <= set(found)


def test_a_rate_that_does_not_fit_is_found_and_so_is_what_it_was_used_for(package):
    unsigned(package)
    edited(package / "fx_rates.csv", one_rate)
    hashed_anew(package)
    found = places(package)
    assert in_file("fx_rates.csv", found)
    assert in_file("gl_detail.csv", found)


def one_rate(data: bytes) -> bytes:
    lines = data.decode().splitlines(keepends=True)
    at, cells = next((at, line.split(",")) for at, line in enumerate(lines) if line.startswith("GBP,EUR"))
    cells[4] = "0.5"
    lines[at] = ",".join(cells)
    return "".join(lines).encode()


def test_a_forged_rate_is_named_and_not_its_innocent_copy_nor_what_was_right_with_it(package):
    edited(package / "fx_rates.csv", one_rate)
    found = failures(package)
    assert "base_rate is '0.5', and should be " in found[0]
    assert {line.split(" ")[0].strip(":") for line in found} == {"fx_rates.csv"}


def test_a_copy_of_the_rates_that_was_edited_is_named_and_not_the_table(package):
    edited(package / "fx_rates.excel.csv", one_rate)
    assert {place.split(" ")[0] for place in places(package)} == {"fx_rates.excel.csv"}


@pytest.mark.parametrize("gone", [["fx_rates.csv"], ["fx_rates.csv", "fx_rates.excel.csv"]])
def test_rates_that_are_gone_are_missed_before_anything_is_said_of_amounts(gone, package):
    for name in gone:
        (package / name).unlink()
    found = places(package)
    assert found[0] == "fx_rates.csv"
    assert not in_file("gl_detail.csv", found)


def test_a_line_of_the_rates_claims_no_more_than_was_compared(package):
    printed = verified(package)[1]
    assert "ok  fx_rates.csv: the rates that the amounts were made with\n" in printed


def test_a_rate_taken_away_is_missed(package):
    unsigned(package)
    edited(package / "fx_rates.csv", without(2))
    hashed_anew(package)
    assert any(line.startswith("fx_rates.csv: has no rate for 'EUR' on ") for line in failures(package))


def test_a_few_problems_of_each_file_are_told_and_the_others_counted(package):
    for name in ("entries.csv", "gl_detail.csv", "items_detail.csv"):
        edited(package / name, lambda data: data.replace(b",ada,", b",eva,"))
    found = failures(package)
    for name in ("entries.csv", "gl_detail.csv"):
        changed = (package / name).read_bytes().count(b",eva,")
        assert sum(line.startswith(f"{name} line ") for line in found) == 25
        assert f"{name}: every cell as the journal has it: {changed - 25} more" in found
    assert any(line.startswith("items_detail.csv line 2: ") for line in found)


# The journal


def test_a_line_of_the_journal_that_was_changed_is_named(package):
    edited(package / "journal.jsonl", replaced("Not disclosed", "Not enclosed!"))
    number = changed_line(package, "Not enclosed!")
    hashed_anew(package)
    assert places(package)[0] == f"journal.jsonl line {number}"


def changed_line(package: Path, words: str) -> int:
    lines = (package / "journal.jsonl").read_text(encoding="utf-8").splitlines()
    return next(number for number, line in enumerate(lines, 1) if words in line)


def test_lines_of_the_journal_in_another_order_are_named(package):
    edited(package / "journal.jsonl", swapped(4))
    assert places(package)[:2] == ["journal.jsonl line 4", "journal.jsonl line 5"]


def test_an_entry_appended_to_the_journal_is_named(package):
    size = head(package).size
    edited(package / "journal.jsonl", lambda data: data + renumbered(data.splitlines()[-1], size + 1) + b"\n")
    hashed_anew(package)
    assert f"journal.jsonl line {size + 1}" in places(package)


def renumbered(line: bytes, number: int) -> bytes:
    return line.replace(f'"number":{number - 1},'.encode(), f'"number":{number},'.encode())


def test_the_last_entry_taken_from_the_journal_is_missed(package):
    size = head(package).size
    edited(package / "journal.jsonl", without(size))
    hashed_anew(package)
    assert places(package)[0] == f"journal.jsonl line {size}"


@pytest.mark.parametrize(
    ("old", "new", "said_of_it"),
    [
        ('"v":1}', '"v":2}', "v cannot be '2'"),
        ('"amount":"100.00"', '"amount":"100.01"', "does not balance in 'GBP'"),
        ('"amount":"100.00"', '"amount":"100.000"', "is no amount of 'GBP'"),
        ('"stage":"pledged"', '"stage":"promised"', "postings cannot be"),
        ('"kind":"pledge"', '"kind": "pledge"', "is not written as RFC 8785 has it"),
        ('"on":"2025-01-05","or', '"on":"2025-01-55","or', "on cannot be '\"2025-01-55\"'"),
        ('"recorded_by":"ada"', '"recorded_by":"\\u0061da"', "is not written as RFC 8785 has it"),
        ('"number":', '"number":1e3,"nummer":', "is no line of JSON"),
        ('"reverses":null', '"reverses":12345678901234567890', "has a number too large"),
        ('"note":null', '"note":NaN', "is no line of JSON"),
    ],
)
def test_a_line_that_cannot_be_an_entry_is_named_with_the_reason(old, new, said_of_it, package):
    number = changed_line(package, old)
    edited(package / "journal.jsonl", on_line(number, old, new))
    first = failures(package)[0]
    assert first.startswith(f"journal.jsonl line {number}: "), first
    assert said_of_it in first


def on_line(number: int, old: str, new: str):
    def edit(data: bytes) -> bytes:
        lines = data.splitlines(keepends=True)
        lines[number - 1] = lines[number - 1].replace(old.encode(), new.encode(), 1)
        return b"".join(lines)

    return edit


# What the rules of the book forbid, and only who holds the key could sign


def undone(entry):
    """What a reversal of an entry says."""
    postings = [
        {**each, "amount": each["amount"][1:] if each["amount"][0] == "-" else f"-{each['amount']}"}
        for each in entry["postings"]
    ]
    return {"kind": "reverse", "reverses": entry["number"], "facts": {}, "citations": [], "postings": postings}


def a_move(package):
    """An entry that nobody has reversed, of two postings."""
    lines = (package / "journal.jsonl").read_text(encoding="utf-8")
    return entry_where(
        package, lambda entry: entry["kind"] == "commit" and f'"reverses":{entry["number"]},' not in lines
    )


def test_a_reversal_that_does_not_undo_its_entry_is_named(package):
    move = a_move(package)
    said = undone(move) | {"postings": move["postings"]}
    place = appended(package, move["number"], **said)
    assert failures(package)[0] == (
        f"{place}: reverses entry {move['number']}, and its postings are not the opposite of that one's"
    )


def test_a_reversal_of_half_an_entry_of_none_or_by_another_kind_is_named(package):
    move = a_move(package)
    changes: list[dict[str, object]] = [{"postings": []}, {"reverses": None}, {"kind": "commit"}, {"reverses": 10**6}]
    for change in changes:
        place = appended(package, move["number"], **(undone(move) | change))
        assert place in places(package)
        edited(package / "journal.jsonl", without(int(place.split()[-1])))


def test_a_reversal_is_right_once(package):
    move = a_move(package)
    first = appended(package, move["number"], **undone(move))
    second = appended(package, move["number"], **undone(move))
    found = failures(package)
    assert found[0] == f"{second}: reverses entry {move['number']}, which is reversed already"
    assert first == f"journal.jsonl line {head(package).size + 1}"
    assert [line for line in found if line.startswith(f"{first}: ") and "beyond" not in line] == []


def test_a_pledge_that_is_opened_a_second_time_is_named(package):
    opening = entry_where(package, lambda entry: entry["kind"] == "pledge")
    place = appended(package, opening["number"], postings=[])
    assert failures(package)[0] == (
        f"{place}: opens the pledge '{opening['pledge']}', which entry {opening['number']} has opened"
    )


def test_an_origin_that_two_entries_have_is_named(package):
    move = a_move(package)["number"]
    for place in (appended(package, move, origin="news:1"), appended(package, move, origin="news:1")):
        said = f"{place}: has the origin 'news:1', which an entry before it has"
    assert failures(package)[0] == said
