"""Readers of what is typed: amounts, days, locales, countries, options, answers to questions, lines to complete."""

from __future__ import annotations

from cli.completion.line import cursor
from cli.completion.shells import SHELLS
from cli.conversation.question import Question, converse
from cli.lazy import root
from cli.main import NOUNS
from cli.typed import whole
from ledger import amount, period
from ledger.errors import LedgerError
from ledger.locale import names, tags
from ledger.locale.days import read_day
from ledger.locale.figures import notation
from ledger.money import commodity, item
from ledger.signing.key import PublicKey
from ledger.store.place import Server, holds_password, located, parameters
from tests.fuzz.files import given
from tests.fuzz.reader import Reader, each_of

LANGUAGES = ("en", "de", "uk", "fr", "pl", "en_IN", "ar", "fa", "ja", "pt_BR", "de_CH")
ITEMS = {"missile": item("missile")}


def _amount(text: str) -> None:
    each_of(*(lambda tag=tag: amount.read_promise(text, notation(tag), ITEMS) for tag in LANGUAGES))


def _day(text: str) -> None:
    each_of(
        *(lambda tag=tag: read_day(text, tag) for tag in LANGUAGES),
        lambda: period.Period.parse(text),
        lambda: period.parse_moment(text),
        lambda: whole(text, "--known-at"),
    )


def _name(text: str) -> None:
    each_of(
        lambda: tags.resolve(text, {}),
        lambda: tags.resolve(None, {"LC_ALL": text}),
        lambda: names.country(text, "uk"),
        lambda: names.near(text, "de"),
        lambda: commodity(text),
        lambda: PublicKey.read(text),
    )


def _place(text: str) -> None:
    holds_password(text)
    found = located(text)
    if isinstance(found, Server):
        parameters(found)


class _Enough(Exception):
    """No more lines are typed."""


class _Typing:
    """Somebody who types these lines, whatever is asked."""

    def __init__(self, text: str) -> None:
        self._lines = iter(text.splitlines())

    def line(self, question: Question, _default: str, draft: str) -> str:
        """The next line, as it would be added to what stands there."""
        list(question.offers(draft))
        found = next(self._lines, None)
        if found is None:
            raise _Enough
        return found

    def say(self, text: str) -> None:
        """Hear a line."""

    def refuse(self, refusal: LedgerError) -> None:
        """Hear a refusal."""


def _answers(text: str) -> None:
    asked = {
        "amount": lambda _: Question(asks="Amount", explains=("",), read=lambda said: str(amount.read(said))),
        "day": lambda _: Question(asks="Day", explains=("",), read=lambda said: str(read_day(said, "de"))),
        "note": lambda _: Question(asks="Note", explains=("",), read=str, optional=True),
    }
    try:
        converse(asked, _Typing(text))
    except _Enough:
        return


def _line(text: str) -> None:
    """A command line at whose end the cursor stands, as each shell hands it in."""
    words = text.split("\n")
    for args in (["9", " \t=", text], ["63", "=:", f"aidledger {text}"]):
        _cursor("bash", args)
    for shell in ("zsh", "fish"):
        _cursor(shell, words)


def _cursor(shell: str, args: list[str]) -> None:
    cursor(root(NOUNS), SHELLS[shell](args, {"COLUMNS": args[-1]}).words)


READERS = (
    Reader(
        "amount",
        ("ledger/amount.py", "ledger/notation.py", "ledger/locale/figures.py", "ledger/locale/words.py"),
        given(
            *(said.encode() for said in ("£1.6bn", "1,6 Mrd. EUR", "up to 250 million USD", "5000+ missile", "¥1兆"))
        ),
        _amount,
    ),
    Reader(
        "day",
        ("ledger/locale/days.py", "ledger/period.py", "cli/typed.py"),
        given(b"2025-03-02", "2. März 2025".encode(), b"2025-Q1", b"2025-03-02T09:00:00Z", b"03/14/2025", b"17"),
        _day,
    ),
    Reader(
        "name",
        ("ledger/locale/tags.py", "ledger/locale/names.py", "ledger/money.py", "ledger/signing/key.py"),
        given(
            b"de-AT",
            "Велика Британія".encode(),
            b"en_GB.UTF-8@euro",
            b"air-defence-missile",
            b"GBP",
            b"a+12345678+AQ==",
        ),
        _name,
    ),
    Reader(
        "place of a book",
        ("ledger/store/place.py",),
        given(
            b"book.db",
            b"sqlite:///book.db",
            b"postgresql://ada:secret@localhost:5432/aid?book=main&sslmode=require",
            b"postgresql://h1,[::1]:5/aid?host=/var/run&password=secret",
        ),
        _place,
    ),
    Reader("answer", ("cli/conversation/question.py",), given(b"1 GBP\n2025-03-02\n-\n<\n?\n5 EUR\n"), _answers),
    Reader(
        "line to complete",
        ("cli/completion/line.py", "cli/completion/shells.py"),
        given(b"pledge\nadd\nGB\n--purpose=mil", b"report\ntotals\n--by", b"aidledger 'pledge' \"add"),
        _line,
    ),
)
