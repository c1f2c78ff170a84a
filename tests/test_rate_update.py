"""`aidledger rate update`: the ECB's current file is believed when it is sound, and what is new in it is kept."""

import io
import socket
import zipfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from datetime import date
from decimal import Decimal
from itertools import repeat
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cli.main import run
from ledger import exchange
from ledger.book import Book
from ledger.errors import FetchError
from ledger.formats import ecb, fetch
from ledger.formats.ecb import EcbHistory
from ledger.formats.ecb_update import Known, news
from tests import misbehaving as server
from tests import places
from tests.misbehaving import Pauses, serving
from tests.world import records

Imported = Mapping[ecb.Fixing, Decimal]
DEFAULTS: dict[str, Any] = fetch.fetch.__kwdefaults__ or {}
"""What is taken where the command says nothing: real pauses and patience, which tests do without."""
PLACE = "https://mirror.example/eurofxref-hist.zip"
TODAY = date(2025, 3, 2)
HEADER = "Date,USD,GBP,BGN,"
KNOWN = ("2025-02-28,1.0411,0.82608,1.9558,", "2025-02-27,1.0477,0.82568,1.9558,", "2025-02-26,1.0487,0.828,N/A,")
NEXT = "2025-03-03,1.0465,0.82511,1.9558,"
CHANGED = "2025-02-27,1.0477,0.82569,1.9558,"


def csv_of(*lines: str, header: str = HEADER) -> bytes:
    return "".join(f"{line}\n" for line in (header, *lines)).encode()


def zip_of(text: bytes, **others: bytes) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in ({"eurofxref-hist": text} | others).items():
            archive.writestr(f"{name}.csv", content)
    return packed.getvalue()


# ---- what a fetched file adds


@pytest.fixture
def judge(tmp_path: Path) -> Callable[[bytes], list[str]]:
    """What a file adds to what is known: each rate as a line."""
    (tmp_path / "known.zip").write_bytes(zip_of(csv_of(*KNOWN)))
    history = EcbHistory(tmp_path / "known.zip")

    def judged(content: bytes, today: date = TODAY, imported: Imported = MappingProxyType({})) -> list[str]:
        path = tmp_path / "fetched"
        path.write_bytes(content)
        found = news(path, PLACE, Known(history, imported), today)
        assert not found.problems
        return [f"{rate.period} {rate.base} {rate.quote} {rate.text} {rate.source}" for rate in found.rates]

    return judged


def test_only_new_fixings_are_news(judge):
    expected = ["2025-03-03 EUR USD 1.0465 ecb", "2025-03-03 EUR GBP 0.82511 ecb", "2025-03-03 EUR BGN 1.9558 ecb"]
    assert judge(zip_of(csv_of(NEXT, *KNOWN))) == expected
    assert judge(csv_of(NEXT, *KNOWN)) == expected


def test_the_same_file_is_no_news(judge):
    assert judge(zip_of(csv_of(*KNOWN))) == []


def test_the_same_figure_written_otherwise_is_no_news(judge):
    assert judge(zip_of(csv_of(KNOWN[0].replace("0.82608", "0.826080"), *KNOWN[1:]))) == []


def test_a_changed_fixing_is_news(judge):
    assert judge(zip_of(csv_of(KNOWN[0], CHANGED, KNOWN[2]))) == ["2025-02-27 EUR GBP 0.82569 ecb"]


def test_what_was_imported_goes_before_the_history(judge):
    day = date(2025, 2, 27)
    assert judge(zip_of(csv_of(KNOWN[0], CHANGED, KNOWN[2])), imported={(day, "GBP"): Decimal("0.82569")}) == []
    back = judge(zip_of(csv_of(*KNOWN)), imported={(day, "GBP"): Decimal("0.82569")})
    assert back == ["2025-02-27 EUR GBP 0.82568 ecb"]


def test_what_was_imported_must_be_there_as_well(judge):
    imported = {(date(2025, 3, 3), "USD"): Decimal("1.0465")}
    with pytest.raises(FetchError, match="is older than what is there"):
        judge(zip_of(csv_of(*KNOWN)), imported=imported)
    with pytest.raises(FetchError, match="lacks a fixing that is known already: USD of 2025-03-03"):
        judge(zip_of(csv_of(NEXT.replace("1.0465", "N/A"), *KNOWN)), imported=imported)


def test_a_new_currency_and_an_earlier_day_are_news(judge):
    lines = [f"{line}{number}.5," for number, line in enumerate((*KNOWN, "2025-02-25,1.05,0.83,1.9558,"), 1)]
    found = judge(zip_of(csv_of(*lines, header=f"{HEADER}UAH,")))
    assert len(found) == 7
    assert "2025-02-28 EUR UAH 1.5 ecb" in found


def test_a_fixing_of_a_day_that_has_begun_elsewhere_is_taken(judge):
    assert judge(zip_of(csv_of(NEXT, *KNOWN)), today=date(2025, 3, 2))
    with pytest.raises(FetchError, match="has fixings of 2025-03-03, and today is 2025-03-01"):
        judge(zip_of(csv_of(NEXT, *KNOWN)), today=date(2025, 3, 1))


def test_a_clock_that_stands_does_not_make_what_is_known_wrong(judge):
    assert judge(zip_of(csv_of(*KNOWN)), today=date(2020, 1, 1)) == []


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (csv_of(*KNOWN[1:]), "is older than what is there: its last fixings are of 2025-02-27, those known"),
        (csv_of(NEXT, KNOWN[0], KNOWN[2]), "lacks 3 fixings that are known already: first BGN of 2025-02-27"),
        (csv_of(NEXT, *KNOWN[:2], "2025-02-26,1.0487,N/A,N/A,"), "lacks a fixing that is known already: GBP of 2025"),
        (csv_of(*(line.rsplit(",", 2)[0] + "," for line in KNOWN), header="Date,USD,GBP,"), "lacks"),
        (csv_of(*KNOWN, "2025-02-25,1.05,0.83,"), "is not a history of ECB rates: line 5"),
        (csv_of(*KNOWN, "2025-02-25,1.05,O.83,1.9558,"), "is not a history of ECB rates: line 5, GBP"),
        (csv_of(*KNOWN, "2025-02-25,1.05,-0.83,1.9558,"), "is not a history of ECB rates: line 5, GBP"),
        (csv_of(*KNOWN, "25/02/2025,1.05,0.83,1.9558,"), "is not a history of ECB rates: line 5"),
        (csv_of(*KNOWN, CHANGED), "is not a history of ECB rates: line"),
        (csv_of(), "is not a history of ECB rates: "),
        (csv_of(*KNOWN, header="Datum,USD,GBP,BGN,"), "is not a history of ECB rates: "),
        (csv_of(*KNOWN, header="Date,USD,GBP,GBP,"), "is not a history of ECB rates: "),
        (b"date,base,quote,rate\n2025-03-03,EUR,GBP,0.82511\n", "is not a history of ECB rates"),
        (b"Not a table at all", "is not a history of ECB rates: "),
        (b"PK\x03\x04 and no more", "is not a history of ECB rates: "),
        (zip_of(csv_of(*KNOWN))[:-30], "is not a history of ECB rates: "),
        (zip_of(csv_of(*KNOWN), other=b"x"), "is not a history of ECB rates: "),
        (zip_of(b"\0" * 70_000_000), "is not a history of ECB rates: "),
    ],
)
def test_a_file_that_is_not_better_is_refused_in_one_line(judge, tmp_path, content, words):
    with pytest.raises(FetchError) as caught:
        judge(content)
    assert caught.value.message.startswith(PLACE)
    assert words in caught.value.message
    assert "\n" not in caught.value.message
    assert str(tmp_path) not in caught.value.message
    assert "nothing was changed" in str(caught.value.hint)


def test_the_whole_embedded_history_is_sound_and_no_news():
    embedded = ecb.embedded()
    assert not news(embedded.path, PLACE, Known(embedded, {}), TODAY).rates


# ---- the command


@pytest.fixture(autouse=True)
def _small_history(tmp_path_factory, monkeypatch):
    """A history of three days in place of the embedded one, no proxy, and no waiting."""
    path = tmp_path_factory.mktemp("embedded") / ecb.FILE
    path.write_bytes(zip_of(csv_of(*KNOWN)))
    small = EcbHistory(path)
    monkeypatch.setattr(exchange, "EMBEDDED", {"ecb": lambda: small})
    monkeypatch.setitem(DEFAULTS, "pause", Pauses())
    for name in ("http_proxy", "https_proxy", "all_proxy", "aidledger_ecb_url"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)


class Keeper:
    """A book's file, and the command line that updates its rates."""

    def __init__(self, path: Path, capfd: pytest.CaptureFixture[str]) -> None:
        self.path = path
        self._capfd = capfd

    def update(self, *options: str) -> tuple[int, str, str]:
        code = run(["rate", "update", "--book", places.at(self.path), "--format", "csv", *options])
        out, err = self._capfd.readouterr()
        return code, out, err

    def updated(self, *options: str) -> str:
        """What an update that ends well says on stdout: read, imported, unchanged, rejected."""
        code, out, err = self.update(*options)
        assert code == 0, err
        return out.splitlines()[1]

    @property
    def rows(self) -> list[str]:
        """What the book itself holds."""
        with Book.open(places.at(self.path)) as book:
            found = records(book.rates((), ("ecb",), date(1999, 1, 4)))
        return [f"{row['period']} {row['quote']} {row['rate']}" for row in found if row["retrieved_at"]]


@pytest.fixture
def keeper(empty_book: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> Keeper:
    places.copied(empty_book, tmp_path / "book.db")
    return Keeper(tmp_path / "book.db", capfd)


def test_new_fixings_become_rows_of_the_book_and_only_those(keeper):
    with serving(server.well(zip_of(csv_of(NEXT, *KNOWN)))) as good:
        assert keeper.updated("--url", good.url()) == "11,3,8,0"
        assert keeper.rows == ["2025-03-03 BGN 1.9558", "2025-03-03 GBP 0.82511", "2025-03-03 USD 1.0465"]
        assert keeper.updated("--url", good.url()) == "11,0,11,0"
    assert len(keeper.rows) == 3


def test_a_changed_fixing_is_kept_beside_the_old_one(keeper):
    first, second = csv_of(NEXT, *KNOWN), csv_of(NEXT.replace("0.82511", "0.82512"), KNOWN[0], CHANGED, KNOWN[2])
    with serving(*(server.well(zip_of(text)) for text in (first, second, second, first))) as good:
        counted = [keeper.updated("--url", good.url()) for _ in range(4)]
    assert counted == ["11,3,8,0", "11,2,9,0", "11,0,11,0", "11,2,9,0"]
    assert [row for row in keeper.rows if "GBP" in row] == [
        "2025-02-27 GBP 0.82569",
        "2025-02-27 GBP 0.82568",
        "2025-03-03 GBP 0.82511",
        "2025-03-03 GBP 0.82512",
        "2025-03-03 GBP 0.82511",
    ]


def test_nothing_new_is_said_on_stderr(keeper):
    with serving(server.well(zip_of(csv_of(*KNOWN)))) as good:
        code, out, err = keeper.update("--url", good.url())
    assert (code, out) == (0, "read,imported,unchanged,rejected\r\n8,0,8,0\r\n")
    assert err == "note: nothing new: all of these rates are known already\n"


def test_the_environment_names_another_place(keeper, monkeypatch):
    with serving(server.well(zip_of(csv_of(NEXT, *KNOWN)))) as good:
        monkeypatch.setenv("AIDLEDGER_ECB_URL", good.url())
        assert keeper.updated() == "11,3,8,0"


def test_another_attempt_is_told_on_stderr(keeper):
    with serving(server.status(503), server.well(zip_of(csv_of(NEXT, *KNOWN)))) as flaky:
        code, _, err = keeper.update("--url", flaky.url())
        assert code == 0
        assert err == f"note: {flaky.url()}: the server fails with HTTP 503 Service Unavailable; trying again in 1 s\n"


@pytest.mark.parametrize(
    ("behaviour", "words"),
    [
        (server.status(404), "there is no such file (HTTP 404 Not Found)"),
        (server.status(500), "the server fails with HTTP 500 Internal Server Error (3 attempts)"),
        (server.page, "is a web page, not a file of rates"),
        (server.truncated(zip_of(csv_of(NEXT, *KNOWN))), "the connection was cut off"),
        (server.unannounced(zip_of(csv_of(NEXT, *KNOWN))[:-40]), "is not a history of ECB rates: it is a damaged"),
        (server.unannounced(csv_of(NEXT, *KNOWN)[:-8]), "is not a history of ECB rates: line 5"),
        (server.unannounced(csv_of(NEXT, *KNOWN[:2])), "lacks 2 fixings that are known already"),
        (server.well(zip_of(csv_of(*KNOWN[1:]))), "is older than what is there"),
        (server.redirected("http://rates.example/"), "which is not https: not followed"),
        (server.well(bytes(fetch.Limits().size + 1)), "is too large: more than 16777216 bytes"),
    ],
)
def test_every_failure_is_one_clear_line_and_changes_nothing(keeper, behaviour, words):
    before = keeper.path.read_bytes()
    with serving(behaviour) as bad:
        code, out, err = keeper.update("--url", bad.url())
    errors = [line for line in err.splitlines() if not line.startswith("note: ")]
    assert (code, out, len(errors)) == (1, "", 2)
    assert errors[0].startswith("error: ")
    assert words in errors[0]
    assert errors[1].startswith("hint: nothing was changed; ")
    assert keeper.path.read_bytes() == before


def test_a_slow_server_is_left(keeper, monkeypatch):
    monkeypatch.setitem(DEFAULTS, "limits", fetch.Limits(5, 0.1, 9))
    with serving(server.silent) as slow:
        code, out, err = keeper.update("--url", slow.url())
        assert (code, out) == (1, "")
        assert f"error: {slow.url()} is too slow: nothing came for 0.1 s (3 attempts)\n" in err


def test_without_another_place_the_ecb_is_asked_and_without_a_network_that_is_said(keeper, monkeypatch):
    asked = []

    def refuse(address: tuple[str, int], *_: object, **__: object) -> None:
        asked.append(address)
        raise ConnectionRefusedError(111, "Connection refused")

    monkeypatch.setattr(socket, "create_connection", refuse)
    before = keeper.path.read_bytes()
    code, out, err = keeper.update()
    assert (code, out) == (1, "")
    assert asked == [("www.ecb.europa.eu", 443)] * 3
    assert "error: no connection to www.ecb.europa.eu: it is refused (3 attempts)\n" in err
    assert keeper.path.read_bytes() == before


@pytest.mark.parametrize("url", ["http://rates.example/", "eurofxref-hist.zip", ""])
def test_an_address_that_is_none_is_a_wrong_call(keeper, url):
    code, out, err = keeper.update("--url", url)
    assert (code, out) == (2, "")
    assert err.startswith("error: ")


def test_without_a_book_nobody_is_asked(keeper):
    keeper.path.unlink()
    with serving(server.well(b"")) as unasked:
        code, _, err = keeper.update("--url", unasked.url())
        assert (code, unasked.asked) == (1, [])
    assert err.startswith("error: there is no book at ")


@pytest.fixture
def cutting() -> Iterator[server.Server]:
    with serving(server.hanging_up) as bad:
        yield bad


@settings(max_examples=50, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_a_file_cut_off_anywhere_never_changes_the_book(keeper, cutting, data):
    """No length is announced, so that nothing but the file itself can tell."""
    whole = data.draw(st.sampled_from([csv_of(NEXT, *KNOWN), zip_of(csv_of(NEXT, *KNOWN))]))
    cutting.behaviours = repeat(server.unannounced(whole[: data.draw(st.integers(0, len(whole) - 2))]))
    before = keeper.path.read_bytes()
    code, out, err = keeper.update("--url", cutting.url())
    assert (code, out) == (1, "")
    assert [line.partition(": ")[0] for line in err.splitlines()] == ["error", "hint"]
    assert keeper.path.read_bytes() == before


@settings(max_examples=100, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_a_file_with_any_byte_changed_is_refused_or_read_and_nothing_else_happens(judge, data):
    whole = bytearray(zip_of(csv_of(NEXT, *KNOWN)))
    whole[data.draw(st.integers(0, len(whole) - 1))] = data.draw(st.integers(0, 255))
    with suppress(FetchError):
        assert len(judge(bytes(whole))) == 3
