"""Joint pledges as they are typed: donors with commas, shares as weights, per cent or amounts, and what is refused."""

import pytest

from tests.commandline import done, refused, rows, stages, typed

BOOK = ("item add air-defence-missile Missile",)
ADD = "--purpose military --instrument grant --on 2025-03-02"

pytestmark = pytest.mark.usefixtures("desk")


def pledged(*ids, commodity="EUR"):
    """What each of these pledges promises."""
    return [stages(pledge, commodity).get("pledged") for pledge in ids]


def test_the_ids_are_printed_a_line_each_in_the_order_of_the_donors():
    printed = done(f'pledge add "GB,NO,DK" "1bn EUR" --share "50,30,20" {ADD}')
    assert printed == "GB-2025-0001\nNO-2025-0001\nDK-2025-0001\n"
    assert pledged(*printed.split()) == ["500000000.00", "300000000.00", "200000000.00"]
    (entry,) = rows("journal list --package joint-GB-2025-0001")
    assert (entry["kind"], entry["pledge"]) == ("joint", None)


@pytest.mark.parametrize(
    ("amount", "share", "expected"),
    [
        ("100 EUR", "1,1,1", ["33.34", "33.33", "33.33"]),
        ("100 EUR", "50%, 30 %, 20%", ["50.00", "30.00", "20.00"]),
        ("100 EUR", "33.3%,33.3%,33.4%", ["33.30", "33.30", "33.40"]),
        ("100 EUR", "0.5,0.25,0.25", ["50.00", "25.00", "25.00"]),
        ("1.6bn EUR", "1bn EUR,500m EUR,100m EUR", ["1000000000.00", "500000000.00", "100000000.00"]),
        ("2,000 EUR", "1,500 EUR; 300 EUR; 200 EUR", ["1500.00", "300.00", "200.00"]),
        ("up to 100 EUR", "2;1;1", ["50.00", "25.00", "25.00"]),
    ],
)
def test_shares_are_weights_per_cent_or_amounts(amount, share, expected):
    ids = done("pledge add GB,NO,DK", amount, "--share", share, *ADD.split()).split()
    assert pledged(*ids) == expected


def test_figures_with_commas_are_set_apart_by_semicolons():
    words = ("pledge add GB,NO --locale de", "3 Mio. EUR", "--share", "1,5 Mio. EUR; 1,5 Mio. EUR", *ADD.split())
    assert pledged(*done(*words).split()) == ["1500000.00", "1500000.00"]
    words = ("pledge add GB,NO --locale de", "3 Mio. EUR", "--share", "1,5;1", *ADD.split())
    assert pledged(*done(*words).split()) == ["1800000.00", "1200000.00"]


def test_items_are_shared_by_the_same_weights_and_what_they_say_goes_along():
    words = (
        '--share "2m EUR,1m EUR" --item "10+ air-defence-missile" --firm "1.5m EUR" --stated "3.3m USD" --title Both'
    )
    ids = done(f'pledge add "GB,NO" "up to 3m EUR" {words} --max-exposure "3.6m EUR" {ADD}').split()
    assert pledged(*ids, commodity="air-defence-missile") == ["7", "3"]
    facts = {row["name"]: row["value"] for row in rows(f"pledge show {ids[1]}") if row["section"] == "fact"}
    assert facts["stated"] == '["1100000.00 USD"]'
    assert facts["max_exposure"] == "1200000.00 EUR"
    assert facts["title"] == "Both"
    assert '"firm":"500000.00 EUR"' in facts["holds"]


def test_undisclosed_amounts_have_no_shares():
    done(f'pledge add "SE,FI" undisclosed --package quiet {ADD}')
    assert [row["state"] for row in rows("pledge list --package quiet")] == ["undisclosed"] * 2
    ids = done(f'pledge add "SE,FI" undisclosed --item "4 air-defence-missile" --share 3,1 {ADD}').split()
    assert pledged(*ids, commodity="air-defence-missile") == ["3", "1"]


def test_ids_of_ones_own_are_as_many_as_the_donors():
    assert done(f'pledge add "GB,NO" "2 EUR" --share 1,1 --id "A,B" {ADD}') == "A\nB\n"


def test_an_origin_is_recorded_once_and_the_ids_are_printed_again():
    command = f'pledge add "GB,NO" "2 EUR" --share 1,1 --origin paper:1 {ADD}'
    first = done(command)
    again = typed(command)
    assert (again.code, again.printed) == (0, first)
    assert "nothing was recorded" in again.said


def test_all_of_it_is_undone_by_one_reversal():
    done(f'pledge add "GB,NO" "2 EUR" --share 1,1 {ADD}')
    done("journal reverse 3 --note 'not agreed'")
    assert {row["state"] for row in rows("pledge list")} == {"withdrawn"}
    done(f'pledge add "GB,NO" "2 EUR" --share 1,1 {ADD}')
    done("pledge disburse NO-2025-0002 '1 EUR' --on 2025-03-03")
    assert "NO-2025-0002 would hold -1.00 EUR pledged; in the way: entry 6" in refused(1, "journal reverse 5 --note x")


def test_the_entry_shows_each_pledge_on_a_line_of_its_own():
    done(f'pledge add "GB,NO" "2 EUR" --share 1,1 {ADD}')
    shown = rows("journal show 3")
    assert [row["value"][:13] for row in shown if row["name"] == "pledges"] == ['{"donor":"GB"', '{"donor":"NO"']
    assert [row["value"] for row in shown if row["name"] == "about"] == ['["GB-2025-0001","NO-2025-0001"]']


REFUSED = [
    ("GB,NO,DK", "50,30", "--share '50,30' does not have one share for each of GB, NO, DK"),
    ("GB,NO,DK", "0,50,50", "--share 0 of GB is not more than nothing: leave the donor out, or give it a share"),
    ("GB,NO,DK", "1,-1,1", "--share -1 of NO is not more than nothing"),
    ("GB,NO,DK", "50%,30%,10%", "--share '50%,30%,10%' comes to 90 %, not to 100 %"),
    ("GB,NO,DK", "50%,30%,40%", "comes to 120 %, not to 100 %"),
    ("GB,NO,DK", "33.3%,33.3%,33.3%", "comes to 99.9 %, not to 100 %"),
    ("GB,NO,DK", "50%,30,20", "mixes kinds: give weights (50,30,20), per cent (50%,30%,20%) or amounts"),
    ("GB,NO,DK", "50,30,20 EUR", "mixes kinds"),
    ("GB,NO,DK", "50 EUR,30 EUR,10 EUR", "the amounts come to 90.00 EUR, and 10.00 EUR of 100.00 EUR is missing"),
    ("GB,NO,DK", "50 EUR,30 EUR,21 EUR", "the amounts come to 101.00 EUR, which is 1.00 EUR more than 100.00 EUR"),
    ("GB,NO,DK", "50 EUR,30 EUR,20 USD", "--share 20.00 USD: the shares of 100.00 EUR are in its currency"),
    ("GB,NO,DK", "a,b,c", "'a' holds no number"),
    ("GB,NO", "1e3,1", "1e3"),
    ("GB,NO,GB", "1,1,1", "GB is named twice: a donor has one share"),
    ("GB,", "1,1", "DONOR 'GB,' has an empty place: write them as GB,NO,DK"),
    ("GB", "1", "--share goes with several donors, such as GB,NO,DK: leave it out"),
]


@pytest.mark.parametrize(("donors", "share", "words"), REFUSED)
def test_shares_that_are_not_the_whole_are_refused(donors, share, words):
    assert words in refused(2, "pledge add", donors, "100 EUR", f"--share={share}", *ADD.split())


@pytest.mark.parametrize(
    ("code", "command", "words"),
    [
        (2, '"GB,NO" "100 EUR"', "several donors share what they promise: add --share, one for each of them"),
        (2, '"GB,NO" "100 EUR"', "hint: --share 1,1 are parts alike"),
        (2, '"GB,NO" undisclosed --share 1,1', "there is no amount to share, since it is undisclosed"),
        (2, '"GB,NO" undisclosed --item "2 air-defence-missile" --share "1 EUR,1 EUR"', "give weights, as in 2,1,1"),
        (
            2,
            '"GB,NO" "100 EUR" --share 1,1 --id A',
            "--id 'A' does not name a pledge for each of GB, NO: give as many ids, or none",
        ),
        (2, '"GB,NO" "100 EUR" --share 1,1 --id "A,"', "--id 'A,' has an empty place"),
        (2, '"GB,NO" "100 EUR" --share 1,1 --id "A,A"', "two of the pledges would have the same id"),
        (2, '"GB,NO" "0.01 EUR" --share 1,1', "0.01 EUR cannot be shared so: NO would promise nothing"),
        (2, '"GB,NO" "1 EUR" --share 1,1 --item "1 air-defence-missile"', "NO would promise nothing"),
        (2, '"GB,NO" "1 EUR" --share 1,1 --schedule "2025-04-01 0.01 EUR"', "too small to be shared"),
        (2, '"GB,NO" "2 EUR" --share 1,1 --max-exposure "1 EUR"', "--max-exposure 0.50 EUR is less than the face"),
        (1, '"GB,UK" "100 EUR" --share 1,1', "did you mean GB?"),
        (1, '"GB,NO" "100 EUR" --share 1,1 --parent NOPE', "there is no pledge 'NOPE'"),
    ],
)
def test_what_cannot_be_joint_is_refused(code, command, words):
    assert words in refused(code, f"pledge add {command} {ADD}")


def test_a_filter_on_packages_shows_what_was_announced_together():
    done(f'pledge add "GB,NO" "3 EUR" --share 2,1 --package spring {ADD}')
    done(f'pledge add FR "5 EUR" --package autumn {ADD}')
    done(f'pledge add DE "7 EUR" {ADD}')
    assert [row["pledge"] for row in rows("pledge list --package spring")] == ["GB-2025-0001", "NO-2025-0001"]
    assert [row["pledged"] for row in rows("report totals --package spring,autumn --by donor")] == [
        "5.00",
        "2.00",
        "1.00",
    ]
    assert rows("report totals --by package --package autumn")[0]["package"] == "autumn"
    assert [row["pledge"] for row in rows("report trial-balance --package autumn")] == ["FR-2025-0001"] * 2
    assert [row["entry"] for row in rows("journal list --package spring")] == [3]
    assert [row["entry"] for row in typed("export csv --package autumn").table] == ["4", "4"]
    assert "no pledge in this book is in the package 'summer'" in refused(1, "pledge list --package summer")


def test_a_package_that_was_renamed_is_still_found_as_it_was_known():
    done(f'pledge add FR "5 EUR" --package autumn {ADD}')
    done("pledge amend FR-2025-0001 --package spring --note misread")
    assert [row["package"] for row in rows("pledge list --package autumn --known-at 3")] == ["autumn"]
    assert rows("pledge list --package autumn") == []
