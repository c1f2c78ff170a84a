"""Secrets: a password or a private key stands in no output, no error, no report, no file but its own.

Each is a canary here, and everything that is said is searched for it, however it may be written.
"""

from __future__ import annotations

import base64
import shutil
import stat
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.errors import LedgerError
from ledger.formats.fetch import fetch
from ledger.signing import key as keys
from ledger.store.place import Server, holds_password, located
from tests.commandline import SMALL, Answer, done, typed
from tests.package_folder import contents, packed
from tests.world import Clock

pytestmark = pytest.mark.usefixtures("desk")

BOOK = (*SMALL, "party add CLUB Club --kind group")
CANARY = "c4n4ry-S3kr1t"
NOWHERE = f"postgresql://ada:{CANARY}@127.0.0.1:1/aid?connect_timeout=2"
"""A server that is not there, at a port where nothing listens."""

COMMANDS = (
    *("check", "init", "upgrade", "pledge list", "pledge show P", "journal list", "journal show 1", "party list"),
    *("report totals --in EUR", "report pipeline", "report trial-balance", "rate list", "convert '1 GBP' EUR"),
    *(
        "export csv",
        "export hledger --out out.journal",
        "export audit --out package --unsigned",
        "checkpoint",
        "verify",
    ),
    *("pledge add GB '1 GBP' --purpose military --instrument grant", "pledge commit P all", "prove P --out proofs"),
    *("import csv table.csv", "reconcile statement table.csv", "run commands.txt", "key show", "nonsense", "--help"),
)
KEYED = ("key show", "checkpoint", "export audit --out package", "prove P --out proofs", "verify", "key create ada")


def told(answer: Answer) -> str:
    """All that a command printed and said."""
    return f"{answer.printed}\n{answer.said}"


@pytest.fixture(params=["", "1"], ids=["plainly", "for whoever mends it"])
def detailed(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without and with the details of defects."""
    monkeypatch.setenv("AIDLEDGER_DEBUG", request.param)


@pytest.mark.usefixtures("detailed")
@pytest.mark.parametrize("command", COMMANDS)
def test_no_command_says_the_password_of_its_book(desk: Path, monkeypatch: pytest.MonkeyPatch, command: str) -> None:
    (desk / "table.csv").write_text("id,donor\n")
    (desk / "commands.txt").write_text("pledge list\n")
    monkeypatch.setenv("AIDLEDGER_BOOK", NOWHERE)
    assert CANARY not in told(typed(command))
    assert not any(CANARY.encode() in data for data in written(desk).values())


def written(folder: Path) -> dict[str, bytes]:
    """Every file below a folder, and what is in it."""
    return {str(path): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.mark.usefixtures("detailed")
@pytest.mark.parametrize("command", COMMANDS)
def test_no_command_says_the_password_of_the_environment(
    desk: Path, monkeypatch: pytest.MonkeyPatch, command: str
) -> None:
    passwords = desk / "passwords"
    passwords.write_text(f"*:*:*:*:{CANARY}\n")
    passwords.chmod(0o600)
    monkeypatch.setenv("PGPASSFILE", str(passwords))
    monkeypatch.setenv("PGPASSWORD", CANARY)
    monkeypatch.setenv("AIDLEDGER_BOOK", "postgresql://ada@127.0.0.1:1/aid?connect_timeout=2")
    assert CANARY not in told(typed(command))


@pytest.mark.parametrize(
    "place",
    [NOWHERE, f"postgresql:///aid?user=ada&password={CANARY}", f"postgresql://:{CANARY}@localhost/aid"],
)
@pytest.mark.parametrize(
    "words",
    [["pledge", "list", "--book"], ["--book", "", "pledge", "list"], ["check", "--book="], ["nonsense", "--book"]],
    ids=["after", "before", "joined", "wrong"],
)
def test_a_password_that_is_typed_is_refused_and_not_repeated(place: str, words: list[str]) -> None:
    command = [place if word == "" else f"{word}{place}" if word.endswith("=") else word for word in words]
    command += [place] if words[-1] == "--book" else []
    answer = typed("", *command)
    assert answer.code == 2
    assert CANARY not in told(answer)
    assert answer.said.startswith("error: --book holds a password")
    assert "hint: put it into PGPASSWORD or PGPASSFILE, or the whole address into AIDLEDGER_BOOK" in answer.said


PASSWORDS = st.text(st.characters(codec="utf-8", exclude_categories=["Cc"]), min_size=8, max_size=20)
USERS = st.from_regex(r"[a-z]{1,8}", fullmatch=True)
HOSTS = st.sampled_from(["", "localhost", "127.0.0.1:5432", "[::1]:5432", "one,two:5433"])


FORMS = st.sampled_from(
    [
        "postgresql://{user}:{secret}@{host}/aid?book={book}",
        "postgresql://{host}/aid?user={user}&password={secret}&book={book}",
    ]
)


@given(user=USERS, password=PASSWORDS, host=HOSTS, form=FORMS, book=USERS)
def test_whatever_the_password_is_an_address_is_shown_without_it(
    user: str, password: str, host: str, form: str, book: str
) -> None:
    secret = quote(password, safe="")
    address = form.format(user=user, secret=secret, host=host, book=book)
    assert holds_password(address)
    found = located(address)
    assert isinstance(found, Server)
    assert found.book == book
    hidden = f"{found} {found!r}".replace(f"{user}@", "").replace(f"user={user}", "")
    assert secret not in hidden
    assert password not in hidden
    assert not holds_password(str(found))


def test_a_slip_in_the_name_of_an_option_does_not_show_its_value() -> None:
    for option in ("pasword", "PASSWORD", "passfile", "sslpassword", "options"):
        assert CANARY not in str(located(f"postgresql://ada@localhost/aid?{option}={CANARY}&sslmode=require"))


def test_an_address_of_another_kind_is_refused_without_its_password(monkeypatch: pytest.MonkeyPatch) -> None:
    for kind in ("postgres", "mysql", "postgresql+psycopg"):
        monkeypatch.setenv("AIDLEDGER_BOOK", f"{kind}://ada:{CANARY}@localhost/aid")
        answer = typed("pledge list")
        assert answer.code == 2
        assert CANARY not in told(answer)


# The key that signs


@pytest.fixture
def signing(desk: Path) -> Path:
    """A key of whoever types, and the file it is in."""
    done("key create ada --key key")
    return desk / "key"


def secrets(path: Path) -> Iterator[str]:
    """The private half of a key, however it may be written: the file's lines, and its 32 bytes."""
    text = path.read_text()
    yield from (line for line in text.splitlines() if len(line) > 20 and " " not in line)
    raw = keys.load(path)._private.private_bytes_raw()
    yield from (raw.hex(), base64.b64encode(raw).decode().rstrip("="), repr(raw)[2:-1])


def test_the_key_s_file_is_for_its_owner_only(signing: Path) -> None:
    assert stat.S_IMODE(signing.stat().st_mode) == 0o600
    done("key create ada --key made/for/it/key")
    assert stat.S_IMODE(Path("made").stat().st_mode) == 0o700


@pytest.mark.usefixtures("detailed")
def test_no_command_says_or_writes_the_key_it_signs_with(signing: Path, desk: Path) -> None:
    hidden = list(secrets(signing))
    assert len(hidden) > 4
    answers = [typed(f"{command} --key key") for command in KEYED]
    assert [answer.code for answer in answers[:4]] == [0, 0, 0, 0]
    heard = "".join(map(told, answers))
    kept = b"".join(data for name, data in written(desk).items() if name != str(signing))
    for secret in hidden:
        assert secret not in heard
        assert secret.encode() not in kept


def _another(path: Path) -> None:
    done("key create bob --key bob")
    shutil.copy("bob.pub", f"{path}.pub")


DAMAGE: dict[str, Callable[[Path], object]] = {
    "open to others": lambda path: path.chmod(0o644),
    "cut": lambda path: path.write_text(path.read_text()[:-60]),
    "altered": lambda path: path.write_text(path.read_text().replace("AAAA", "AAAB")),
    "without its beginning": lambda path: path.write_text(path.read_text().partition("\n")[2]),
    "with another's public half": _another,
    "without a public half": lambda path: Path(f"{path}.pub").unlink(),
    "with a key for a name": lambda path: Path(f"{path}.pub").write_text(path.read_text()),
}


@pytest.mark.usefixtures("detailed")
@pytest.mark.parametrize("damage", DAMAGE)
def test_no_refusal_of_a_key_repeats_it(signing: Path, damage: str) -> None:
    hidden = list(secrets(signing))
    DAMAGE[damage](signing)
    for command in ("checkpoint", "key show", "export audit --out package"):
        answer = typed(f"{command} --key key")
        assert not any(secret in told(answer) for secret in hidden), command
        assert answer.code or command == "key show"


def test_a_key_and_what_it_raises_show_nothing_of_it(signing: Path) -> None:
    loaded, hidden = keys.load(signing), list(secrets(signing))
    shown = [repr(loaded), str(loaded)]
    signing.write_text(signing.read_text().replace("AAAA", "AAAB"))
    with pytest.raises(LedgerError) as caught:
        keys.load(signing)
    shown += [repr(caught.value), str(caught.value.hint), str(caught.getrepr(style="native"))]
    assert not any(secret in text for secret in hidden for text in shown)


def test_a_private_key_typed_for_a_public_one_is_not_repeated(signing: Path) -> None:
    text = signing.read_text()
    answer = typed("verify --trust", text)
    assert answer.code == 2
    assert not any(secret in told(answer) for secret in secrets(signing))


def test_a_package_holds_no_path_and_no_secret_of_this_machine(signing: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PGPASSWORD", CANARY)
    data = b"".join(contents(packed("package", "--key", str(signing))).values())
    for secret in (CANARY, str(signing.parent), *secrets(signing)):
        assert secret.encode() not in data


# Addresses of others


def test_an_address_with_a_password_is_not_cited() -> None:
    answer = typed(f"pledge commit P all --cite https://ada:{CANARY}@example.org/page")
    assert answer.code == 2
    assert CANARY not in told(answer)


def test_a_mirror_s_password_is_not_said(tmp_path: Path) -> None:
    mirror = f"http://ada:{CANARY}@127.0.0.1:1/eurofxref-hist.zip?key={CANARY}"
    with pytest.raises(LedgerError) as caught:
        fetch(mirror, tmp_path / "rates.zip", clock=Clock(), attempts=1)
    assert CANARY not in f"{caught.value.message} {caught.value.hint}"
