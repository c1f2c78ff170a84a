"""Origins: told again a step does nothing; told otherwise it is refused with the difference."""

from pathlib import Path

import pytest

from ledger.book import Book
from ledger.errors import OriginConflict
from tests import places
from tests.world import (
    Clock,
    amend,
    announce,
    announcement,
    cancel,
    commit,
    disburse,
    draw,
    last_number,
    refuses,
    register_item,
    register_party,
    register_source,
    reverse,
    revise,
    stages,
    supersede,
)

ORIGIN = "kiel-r7:UKM1"


def test_the_same_content_does_nothing_and_gives_the_entry_that_is_there(book: Book):
    step = announcement("GB", "100 GBP", origin=ORIGIN, note="Table 3")
    first, again = book.record(step), book.record(step)
    assert (first.repeated, again.repeated) == (False, True)
    assert again.entry == first.entry
    assert last_number(book) == 2


def test_a_step_that_does_not_say_when_is_the_same_on_another_day(book: Book, clock: Clock):
    pledge = announce(book, "GB", "100 GBP", origin=ORIGIN)
    commit(book, pledge, "60 GBP", origin="kiel-r7:UKM1c")
    clock.turn_to("2026-01-09")
    assert announce(book, "GB", "100 GBP", origin=ORIGIN) == pledge
    assert commit(book, pledge, "60 GBP", origin="kiel-r7:UKM1c").repeated
    assert last_number(book) == 3


def test_who_records_and_when_is_no_content(book: Book, tmp_path: Path, clock: Clock):
    step = announcement("GB", "100 GBP", origin=ORIGIN)
    book.record(step)
    with Book.open(places.at(tmp_path / "book.db"), clock=clock, recorded_by="bob") as other:
        assert other.record(step).repeated


def test_nothing_that_came_later_makes_the_same_content_another(book: Book):
    parent = announce(book, "GB", "500 GBP", origin="a:1")
    child = announce(book, "GB", "up_to 100 GBP", parent=parent, origin="a:2")
    commit(book, child, "60 GBP", origin="a:3")
    disburse(book, child, origin="a:4")
    revise(book, parent, "600 GBP", origin="a:5")
    amend(book, parent, donor="FR", origin="a:6")
    draw(book, parent, child, "50 GBP", origin="a:7")
    cancel(book, child, to_parent=True, origin="a:8")
    newer = announce(book, "GB", origin="a:9")
    supersede(book, parent, newer, origin="a:10")
    number = last_number(book)
    assert announce(book, "GB", "500 GBP", origin="a:1") == parent
    assert announce(book, "GB", "up_to 100 GBP", parent=parent, origin="a:2") == child
    assert commit(book, child, "60 GBP", origin="a:3").repeated
    assert disburse(book, child, origin="a:4").repeated
    assert revise(book, parent, "600 GBP", origin="a:5").repeated
    assert amend(book, parent, donor="FR", origin="a:6").repeated
    assert draw(book, parent, child, "50 GBP", origin="a:7").repeated
    assert cancel(book, child, to_parent=True, origin="a:8").repeated
    assert announce(book, "GB", origin="a:9") == newer
    assert supersede(book, parent, newer, origin="a:10").repeated
    assert last_number(book) == number


def test_registrations_and_reversals_told_again_do_nothing(book: Book):
    announce(book, "GB", "100 GBP")
    for _ in range(2):
        register_item(book, origin="r:1")
        register_party(book, "KFW", "Kreditanstalt", origin="r:2")
        register_source(book, "lottery", "Lottery", origin="r:3")
        reverse(book, 2, origin="r:4")
    assert last_number(book) == 6


def test_a_pledge_that_was_withdrawn_since_is_not_opened_again_by_its_origin(book: Book):
    step = announcement("GB", "100 GBP", origin=ORIGIN)
    pledge = str(book.record(step).entry.pledge)
    reverse(book, 2)
    assert book.record(step).repeated
    assert stages(book, pledge) == {}


@pytest.mark.parametrize(
    ("said", "difference"),
    [
        ({"promises": ("101 GBP",)}, '"amount":"101.00"'),
        ({"promises": ("100 EUR",)}, '"commodity":"EUR"'),
        ({"donor": "FR"}, '"donor":"FR"'),
        ({"on": "2025-03-03"}, 'on was "2025-03-02", now "2025-03-03"'),
        ({"note": "else"}, 'note was "why", now "else"'),
        ({"note": None}, 'note was "why", now null'),
        ({"cite": "https://b.org"}, '[{"url":"https://a.org"}], now [{"url":"https://b.org"}]'),
        ({"title": "Tanks"}, '"title":"Tanks"'),
        ({"stage": "committed"}, '"stage":"committed"'),
        ({"id": "own"}, '"own"'),
    ],
)
def test_other_content_is_refused_with_the_difference(book: Book, said, difference):
    usual = {"donor": "GB", "promises": ("100 GBP",), "on": "2025-03-02", "note": "why", "cite": "https://a.org"}

    def told(changed):
        donor, promises, *_ = (rest := usual | changed).pop("donor"), rest.pop("promises")
        return announcement(donor, *promises, origin=ORIGIN, **rest)

    book.record(told({}))
    with refuses(book, OriginConflict, f"origin {ORIGIN} is entry 2, with other content: ", difference, "show 2"):
        book.record(told(said))


def test_another_kind_of_step_with_the_same_origin_is_other_content(book: Book):
    pledge = announce(book, "GB", "100 GBP", id="P")
    commit(book, pledge, "60 GBP", origin=ORIGIN)
    with refuses(book, OriginConflict, f"origin {ORIGIN} is entry 3", 'kind was "commit", now "disburse"'):
        disburse(book, pledge, "60 GBP", origin=ORIGIN)


def test_a_step_that_could_not_have_been_recorded_then_is_other_content(book: Book):
    pledge = announce(book, "GB", "100 GBP", id="P")
    commit(book, pledge, "60 GBP", origin=ORIGIN)
    revise(book, pledge, "200 GBP")
    with refuses(book, OriginConflict, f"origin {ORIGIN} is entry 3, with other content: P has 100.00 GBP left"):
        commit(book, pledge, "140 GBP", origin=ORIGIN)
