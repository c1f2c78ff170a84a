"""`key`: what signs, where it lies, and how its public half is shown."""

import shutil
import stat
import subprocess
from pathlib import Path

import pytest

from tests import places
from tests.commandline import ADD, done, process, refused, rows, typed

pytestmark = pytest.mark.usefixtures("desk")

needs_ssh = pytest.mark.skipif(shutil.which("ssh-keygen") is None, reason="ssh-keygen is not installed: openssh-client")


def key_file(desk: Path) -> Path:
    return desk / "config" / "aidledger" / "key"


def test_a_key_is_made_where_the_users_settings_are_and_only_its_owner_may_read_it(desk):
    answer = typed("key create")
    assert answer.code == 0
    assert answer.printed.startswith("ada+")
    assert stat.S_IMODE(key_file(desk).stat().st_mode) == 0o600
    assert answer.said.splitlines()[0] == (
        f"note: the private key is {key_file(desk)}: keep a copy in a safe place, and hand it to nobody"
    )
    assert "PRIVATE" not in answer.printed + answer.said


def test_what_is_printed_is_what_key_show_calls_the_verifier(desk):
    verifier = done("key create Treasury").strip()
    [shown] = rows("key show")
    assert shown == {
        "name": "Treasury",
        "fingerprint": shown["fingerprint"],
        "verifier": verifier,
        "public_key": key_file(desk).with_name("key.pub").read_text(encoding="utf-8").strip(),
        "path": str(key_file(desk)),
    }
    assert shown["fingerprint"].startswith("SHA256:")


@needs_ssh
def test_ssh_keygen_reads_the_key_and_shows_the_same_fingerprint(desk):
    done("key create")
    [shown] = rows("key show")
    listed = subprocess.run(["ssh-keygen", "-l", "-f", key_file(desk)], check=True, capture_output=True, text=True)
    assert listed.stdout.split()[1] == shown["fingerprint"]
    public = subprocess.run(["ssh-keygen", "-y", "-f", key_file(desk)], check=True, capture_output=True, text=True)
    assert public.stdout.split()[:2] == shown["public_key"].split()[:2]


def test_the_key_is_the_one_that_is_named_else_the_environments_else_the_users_own(desk, monkeypatch):
    done("key create own")
    monkeypatch.setenv("AIDLEDGER_KEY", str(desk / "other"))
    done("key create environment")
    done("key create named --key third")
    assert rows("key show")[0]["name"] == "environment"
    assert rows("key show --key third")[0]["name"] == "named"
    monkeypatch.delenv("AIDLEDGER_KEY")
    assert rows("key show")[0]["name"] == "own"


def test_a_key_that_is_there_is_left_alone(desk):
    done("key create")
    before = key_file(desk).read_bytes()
    assert "is there already" in refused(1, "key create")
    assert "is there already" in refused(1, "key create another")
    assert key_file(desk).read_bytes() == before


@pytest.mark.parametrize("name", ["Ada Lovelace", "a+b", "a\nb", " ", ""])
def test_a_name_with_blanks_or_plus_signs_is_refused(name):
    answer = refused(2, "key create", name)
    assert answer.startswith("error: ")


def test_a_user_whose_name_no_key_may_have_is_told_which_it_may(monkeypatch):
    monkeypatch.setenv("AIDLEDGER_USER", "Ada Lovelace")
    assert refused(2, "key create").endswith("hint: aidledger key create ada.lovelace\n")
    assert done("key create ada.lovelace").startswith("ada.lovelace+")


def test_who_verifies_signs_nothing_and_may_use_a_key_that_others_may_read(desk):
    done("key create")
    done(f'pledge add GB "100 GBP" --on 2025-03-02 {ADD}')
    (desk / "kept").write_text(done("checkpoint"), encoding="utf-8")
    key_file(desk).chmod(0o644)
    assert rows("verify kept", "--key", str(key_file(desk))) == []
    assert rows("verify kept", "--key", f"{key_file(desk)}.pub") == []
    assert "/dev/null is no file" in refused(2, "verify kept --key /dev/null")
    assert "/dev/null is no file" in refused(1, "checkpoint --key /dev/null")


@pytest.mark.parametrize("command", ["key show", "checkpoint", "prove GB-2025-0001"])
def test_without_a_key_the_way_to_one_is_said(desk, command):
    done(f'pledge add GB "100 GBP" --on 2025-03-02 {ADD}')
    answer = refused(1, command)
    assert answer == f"error: there is no key at {key_file(desk)}\nhint: aidledger key create\n"


@pytest.mark.parametrize("command", ["key show", "checkpoint"])
def test_a_key_that_others_may_read_is_refused(desk, command):
    done("key create")
    key_file(desk).chmod(0o644)
    answer = refused(1, command)
    assert str(key_file(desk)) in answer
    assert "others" in answer


def test_a_key_is_neither_in_the_book_nor_in_what_is_printed(desk):
    done("key create")
    done(f'pledge add GB "100 GBP" --on 2025-03-02 {ADD}')
    printed = done("checkpoint") + done("key show --format json")
    secret = key_file(desk).read_text(encoding="utf-8").splitlines()[2]
    assert secret not in printed
    assert secret.encode() not in places.content(desk / "book.db")


def test_a_checkpoint_is_printed_as_it_was_signed_and_again_the_same(desk):
    done("key create")
    done(f'pledge add GB "100 GBP" --on 2025-03-02 {ADD}')
    first = done("checkpoint")
    before = places.content(desk / "book.db")
    assert done("checkpoint") == first
    assert places.content(desk / "book.db") == before
    origin, size, _, blank, signature, end = first.split("\n")
    assert (len(origin), size, blank, signature[:6], end) == (36, "2", "", "— ada ", "")


def test_two_that_sign_at_once_keep_the_same_head_once():
    done("key create")
    done(f'pledge add GB "100 GBP" --on 2025-03-02 {ADD}')
    both = [process("checkpoint", stdout=-1, stderr=-1) for _ in range(2)]
    printed = {each.communicate(timeout=60)[0] for each in both}
    assert [each.returncode for each in both] == [0, 0]
    assert printed == {done("checkpoint")}
    assert rows("check") == []


def test_a_book_that_may_not_be_written_signs_no_checkpoint(desk, monkeypatch):
    done("key create")
    monkeypatch.setenv("AIDLEDGER_BOOK", places.read_only(desk / "book.db"))
    assert "is read-only: nothing was written" in refused(1, "checkpoint")
