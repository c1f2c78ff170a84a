"""`verify`: that nothing was rewritten, by what the book keeps and by what others hold."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from ledger.book import Book
from tests import places
from tests.commandline import ADD, Answer, Rows, done, refused, rows, settings_for, typed
from tests.everything import opened
from tests.log_words import forge_signature, rewrite
from tests.tampering import tamper

SIGNER = "signed by ada, "


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory, empty_book: Path) -> Path:
    """A folder with a book, its key, a checkpoint of its first three entries and a package of all five."""
    folder = tmp_path_factory.mktemp("kept")
    places.copied(empty_book, folder / "book.db")
    with pytest.MonkeyPatch.context() as monkeypatch:
        settings_for(folder, monkeypatch)
        done("key create")
        done(f'pledge add GB "100 GBP" --id P --on 2025-03-02 {ADD} --note first')
        done('pledge commit P "60 GBP" --on 2025-03-03')
        (folder / "early.checkpoint").write_text(done("checkpoint"), encoding="utf-8")
        done(f'pledge add FR "7 EUR" --id Q --on 2025-03-04 {ADD}')
        done('pledge commit Q "5 EUR" --on 2025-03-05')
        done("export audit --out package")
        done("prove P")
    return folder


@pytest.fixture(autouse=True)
def desk(kept: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of it to type commands in."""
    folder = tmp_path / "desk"
    places.copied_folder(kept, folder)
    settings_for(folder, monkeypatch)
    return folder


@pytest.fixture
def book(desk: Path) -> Iterator[Book]:
    with opened(desk / "book.db") as found:
        yield found


def found(text: str = "") -> Rows:
    """What verify finds, which is an error."""
    answer = typed(f"verify {text} --format json")
    assert answer.code == 1, answer
    return answer.rows


def codes(text: str = "") -> set[tuple[str, str]]:
    return {(row["code"], row["where"]) for row in found(text)}


def root_of(text: str) -> str:
    return text.split("\n")[2]


# Nothing was rewritten


FIRST = "the first 3 of 5 entries are as ada signed them"


@pytest.mark.parametrize(
    ("given", "what"),
    [("", FIRST), ("early.checkpoint", FIRST), ("package", "5 entries"), ("P.proof", "entries 2, 3 of 5")],
)
def test_what_stands_as_it_was_signed_is_said_to(given, what):
    answer = typed(f"verify {given}")
    assert (answer.code, answer.printed) == (0, "")
    signed, verified, *_ = answer.said.splitlines()
    assert verified.startswith(f"note: verified: {what}, root ")
    assert signed.startswith(f"note: {SIGNER}")


def test_what_no_checkpoint_covers_is_said():
    said = "note: no checkpoint covers the last {} yet: aidledger checkpoint"
    assert said.format("2 entries") in typed("verify").said.splitlines()
    assert said.format("2 entries") in typed("verify early.checkpoint").said.splitlines()
    done("checkpoint")
    assert "covers" not in typed("verify").said
    assert "note: verified: 5 entries, root " in typed("verify").said
    done('pledge commit Q "1 EUR" --on 2025-03-05')
    assert said.format("entry") in typed("verify").said.splitlines()


def test_one_proof_names_the_entry_that_it_is_of():
    assert "note: verified: entry 3 of 5, root " in typed("verify P.proof/P-3.tlog-proof").said


def test_for_programs_it_is_an_empty_list():
    assert rows("verify") == []
    assert typed("verify early.checkpoint --format csv") == Answer(0, "severity,code,where,message\r\n", "")


def test_the_root_that_is_said_is_the_one_that_was_signed(desk):
    early = (desk / "early.checkpoint").read_text(encoding="utf-8")
    assert root_of(early) in typed("verify early.checkpoint").said
    assert root_of(done("checkpoint")) in typed("verify").said


def test_a_book_without_a_checkpoint_has_nothing_to_be_compared_with(tmp_path, empty_book, monkeypatch):
    places.copied(empty_book, tmp_path / "book.db")
    settings_for(tmp_path, monkeypatch)
    answer = typed("verify")
    assert answer.code == 0
    assert answer.said.startswith("note: the book keeps no checkpoint: nothing to compare with; 1 entry, root ")
    assert "verified" not in answer.said


@pytest.mark.parametrize("command", ["verify", "verify early.checkpoint", "verify package", "prove Q"])
def test_a_book_that_may_only_be_read_is_enough(desk, monkeypatch, command):
    before = places.content(desk / "book.db")
    monkeypatch.setenv("AIDLEDGER_BOOK", places.read_only(desk / "book.db"))
    assert typed(command).code == 0
    assert places.content(desk / "book.db") == before


def test_a_copy_of_the_book_is_the_same_book(desk):
    copy = places.copied(desk / "book.db", desk / "copy.db")
    assert rows("verify early.checkpoint", "--book", copy) == []


# Something was


def altered_line(book: Book, number: int = 2) -> None:
    tamper(book, f"UPDATE entry SET line = replace(line, 'first', 'other') WHERE number = {number}")  # noqa: S608


def rewritten(book: Book) -> None:
    """An entry altered with all that the book keeps of it, but for what was signed."""
    rewrite(book, ["UPDATE entry SET line = replace(line, 'first', 'other'), note = 'other' WHERE number = 2"], [3])


def shortened(book: Book) -> None:
    tamper(book, "DELETE FROM posting WHERE entry > 2", "DELETE FROM entry WHERE number > 2")


def test_a_line_that_was_altered_is_named(book):
    altered_line(book)
    assert codes() == {("altered-leaf", "entry 2")}
    assert codes("early.checkpoint") == {
        ("altered-leaf", "entry 2"),
        ("rewritten", "checkpoint of 3 entries"),
    }


def test_with_a_package_what_it_said_and_what_it_says_is_named(book):
    altered_line(book)
    first, *_ = found("package")
    message = 'note was "first" in the package, is "other" in the book'
    assert first == {"severity": "error", "code": "differs", "where": "entry 2", "message": message}


def test_a_line_that_was_rewritten_with_its_hashes_differs_from_every_head_that_was_signed(book):
    rewritten(book)
    assert codes() == {("rewritten", "checkpoint 1")}
    assert ("rewritten", "checkpoint of 3 entries") in codes("early.checkpoint")
    assert found()[0]["message"].endswith("verify PACKAGE names the entry, with a package made before")
    assert codes("package") == {("differs", "entry 2")}


def test_a_book_that_became_shorter_is_noticed(book):
    shortened(book)
    assert codes() == {("shortened", "entry 3")}
    assert {message["message"] for message in found("early.checkpoint")} == {
        "there is none, and 3 entries were signed: what came from here on was taken away",
        "there is none, and a checkpoint of 3 entries was signed: what came from here on was taken away",
    }
    [first, *_] = found("package")
    assert (first["code"], first["where"]) == ("shortened", "entry 3")


def test_an_entry_that_was_taken_out_is_named(book):
    tamper(book, "DELETE FROM posting WHERE entry = 3", "DELETE FROM entry WHERE number = 3")
    assert [(row["code"], row["where"]) for row in found()] == [("gap", "entry 3")]
    assert codes("early.checkpoint") == {("gap", "entry 3")}
    first, *_ = found("package")
    assert (first["code"], first["where"]) == ("gap", "entry 3")


def test_an_entry_taken_out_after_what_was_signed_is_named_and_the_last_renumbered_too(book):
    tamper(book, "DELETE FROM posting WHERE entry = 4", "DELETE FROM entry WHERE number = 4")
    assert codes() == {("gap", "entry 4")}
    tamper(book, "UPDATE posting SET entry = 99 WHERE entry = 5", "UPDATE entry SET number = 99 WHERE number = 5")
    assert codes() == {("gap", "entry 4")}


@places.of_files("PostgreSQL keeps no bytes that are no text")
def test_a_line_that_is_no_text_is_named(book):
    tamper(book, "UPDATE entry SET line = CAST(x'ff00fe' AS TEXT) WHERE number = 2")
    assert codes() == {("unreadable-line", "entry 2"), ("altered-leaf", "entry 2")}
    tamper(book, "UPDATE entry SET line = CAST(x'ff00fe' AS TEXT) WHERE number = 5")
    assert ("unreadable-line", "entry 5") in codes()
    assert found("package")[0]["where"] == "entry 2"


def test_entries_put_in_before_an_older_one_are_noticed(book):
    tamper(book, "UPDATE entry SET line = (SELECT line FROM entry WHERE number = 3) WHERE number = 2")
    assert ("altered-leaf", "entry 2") in codes()


# Whose signature


def other_signer() -> str:
    """Another key, and its verifier."""
    return done("key create eve --key eve").strip()


def test_a_signature_of_nobody_known_is_a_warning_and_the_root_is_compared(desk):
    other_signer()
    (desk / "eve.checkpoint").write_text(done("checkpoint --key eve"), encoding="utf-8")
    answer = typed("verify eve.checkpoint --format json")
    assert answer.code == 0
    [row] = answer.rows
    assert (row["severity"], row["code"], row["where"]) == ("warning", "unknown-signer", "checkpoint of 5 entries")
    assert row["message"].startswith("it is signed by eve, which is no key that is known here")


def test_a_signature_that_is_demanded_and_not_there_is_an_error():
    verifier = other_signer()
    assert codes(f"early.checkpoint --trust {verifier}") == {("unknown-signer", "checkpoint of 3 entries")}
    assert codes("early.checkpoint --key eve") == {("unknown-signer", "checkpoint of 3 entries")}
    assert codes("package --key eve.pub") == {("unknown-signer", "checkpoint")}
    assert codes(f"P.proof --trust {verifier}") >= {("unknown-signer", "P-2.tlog-proof")}
    assert codes("--key eve") == {("unknown-signer", "checkpoint 1")}


def test_the_signature_that_is_demanded_and_there_is_said(desk):
    done("key create eve --key eve")
    (desk / "eve.checkpoint").write_text(done("checkpoint --key eve"), encoding="utf-8")
    [shown] = rows("key show --key eve")
    for trust in (f"--trust {shown['verifier']}", "--key eve", "--key eve.pub", f"--trust '{shown['public_key']}'"):
        said = typed(f"verify eve.checkpoint {trust}").said
        assert said.startswith(f"note: signed by eve, {shown['fingerprint']}\n"), trust


def test_a_signature_that_is_not_of_this_text_is_an_error(desk):
    text = (desk / "early.checkpoint").read_text(encoding="utf-8")
    late = done("checkpoint")
    (desk / "mixed").write_text("\n".join([*text.split("\n")[:3], *late.split("\n")[3:]]), encoding="utf-8")
    [row] = found("mixed")
    assert (row["code"], row["where"]) == ("wrong-signature", "checkpoint of 3 entries")


def test_a_checkpoint_that_nobody_signed_is_compared_with_a_warning(desk):
    text = (desk / "early.checkpoint").read_text(encoding="utf-8")
    (desk / "unsigned").write_text(text.partition("\n\n")[0] + "\n", encoding="utf-8")
    [row] = rows("verify unsigned")
    assert (row["severity"], row["code"], row["message"]) == ("warning", "unknown-signer", "it is not signed")


def test_a_kept_checkpoint_whose_signature_was_altered_is_named(book):
    forge_signature(book)
    [row] = found()
    assert (row["code"], row["where"]) == ("wrong-signature", "checkpoint 1")
    tamper(book, "UPDATE checkpoint SET note = replace(note, '— ada ', '— ada A')")
    assert codes() == {("wrong-signature", "checkpoint 1"), ("altered-checkpoint", "checkpoint 1")}


# Another book, and what is none of all this


def test_a_checkpoint_of_another_book_is_an_error(desk):
    another = places.at("another.db")
    done("init", "--book", another)
    (desk / "another.checkpoint").write_text(done("checkpoint", "--book", another), encoding="utf-8")
    [row] = found("another.checkpoint")
    assert (row["code"], row["where"]) == ("other-book", "checkpoint of 1 entry")


def test_a_package_of_another_book_is_checked_by_itself_with_a_warning():
    another = places.at("another.db")
    done("init", "--book", another)
    [row] = rows("verify package", "--book", another)
    assert (row["severity"], row["code"], row["where"]) == ("warning", "other-book", "package")


def test_without_a_book_a_package_is_checked_by_itself(monkeypatch):
    monkeypatch.delenv("AIDLEDGER_BOOK")
    answer = typed("verify package")
    assert answer.code == 0
    assert answer.said.startswith("note: no book is at hand: the package was checked by itself\n")


def test_a_package_that_was_altered_is_named_by_its_own_check(desk):
    path = desk / "package" / "pledges.csv"
    path.write_text(path.read_text(encoding="utf-8").replace("GB", "FR"), encoding="utf-8", newline="")
    assert any(row["code"] == "package" and "pledges.csv" in row["where"] for row in found("package"))


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("nothing", None, "cannot be read: No such file"),
        ("empty", b"", "no signed note"),
        ("text", b"hello\n", "this is no checkpoint"),
        ("bytes", b"\xff\xfe", "is no checkpoint: it is not UTF-8"),
        ("large", b"a" * 2**21, "is no checkpoint: it is too large"),
        ("bad.tlog-proof", b"hello\n", "this is no proof"),
    ],
)
def test_what_is_no_checkpoint_package_or_proof_is_refused(desk, name, content, words):
    if content is not None:
        (desk / name).write_bytes(content)
    assert words in refused(2, f"verify {name}")


def test_a_folder_of_anything_else_is_refused(desk):
    (desk / "folder").mkdir()
    assert "folder is neither a package nor a folder of proofs" in refused(2, "verify folder")


@pytest.mark.parametrize("trust", ["--trust nonsense", "--key early.checkpoint"])
def test_a_key_that_is_none_is_refused(trust):
    assert "key" in refused(2, f"verify early.checkpoint {trust}")
