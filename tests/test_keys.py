"""Keys: made once and never replaced, read by their owner alone, the same to OpenSSH, named by one word."""

import os
import stat
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from hypothesis import given
from hypothesis import strategies as st

from ledger.errors import InputError, Refusal
from ledger.signing.key import LONGEST_NAME, PublicKey, _likely, create, load, public_half
from tests.keys import ADA, BOB, needs_ssh_keygen, ssh_keygen
from tests.world import refused

needs_modes = pytest.mark.skipif(os.name != "posix", reason="this system has no modes of files")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "settings" / "aidledger" / "key"


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


# Making and reading


def test_a_key_is_made_with_its_folder_and_read_back(path):
    made = create(path, "ada@example.org")
    found = load(path)
    assert found == made
    assert found.name == "ada@example.org"
    assert found.sign(b"text") == made.sign(b"text")
    assert found.public.verify(made.sign(b"text"), b"text")
    assert not found.public.verify(made.sign(b"text"), b"test")
    assert not found.public.verify(made.sign(b"text")[:-1], b"text")
    assert Path(f"{path}.pub").read_text() == f"{made.public.ssh_line}\n"


@needs_modes
def test_only_its_owner_may_read_a_key_and_the_folders_made_for_it(path, tmp_path):
    before = mode(tmp_path)
    create(path, "ada")
    assert [mode(each) for each in (path, path.parent, path.parent.parent, tmp_path)] == [0o600, 0o700, 0o700, before]
    assert mode(Path(f"{path}.pub")) & ~0o644 == 0


def test_two_keys_are_never_the_same(tmp_path):
    assert create(tmp_path / "one", "ada").public.raw != create(tmp_path / "two", "ada").public.raw


def test_a_private_key_shows_none_of_itself(path):
    assert repr(create(path, "ada")) == f"Key(public={load(path).public!r})"


@pytest.mark.parametrize("beside", ["key", "key.pub"])
def test_a_key_that_is_there_is_never_replaced(tmp_path, beside):
    (tmp_path / beside).write_text("mine")
    with refused(Refusal, f"{tmp_path / beside} is there already, and a key is never replaced", "another --key"):
        create(tmp_path / "key", "ada")
    assert [(each.name, each.read_text()) for each in tmp_path.iterdir()] == [(beside, "mine")]


def test_a_key_is_not_made_through_a_link_that_leads_nowhere(tmp_path):
    (tmp_path / "key").symlink_to(tmp_path / "elsewhere")
    with refused(Refusal, "is there already"):
        create(tmp_path / "key", "ada")
    assert not (tmp_path / "elsewhere").exists()


def test_of_those_who_make_the_same_key_at_once_one_does(path):
    def attempt(name: str) -> str | None:
        try:
            return create(path, name).public.verifier
        except Refusal:
            return None

    with ThreadPoolExecutor(8) as pool:
        made = [each for each in pool.map(attempt, [f"ada{number}" for number in range(8)]) if each]
    assert made == [load(path).public.verifier]


@pytest.mark.parametrize("at", [1, 2])
def test_what_cannot_be_written_whole_is_not_there(path, monkeypatch, at):
    calls = []

    def full(handle: int) -> None:
        calls.append(handle)
        if len(calls) == at:
            raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with refused(Refusal, f"{path} cannot be made: No space left on device"):
        create(path, "ada")
    assert list(path.parent.iterdir()) == []


def test_a_folder_that_cannot_be_made_is_a_refusal(tmp_path):
    (tmp_path / "file").write_text("")
    with refused(Refusal, f"{tmp_path / 'file' / 'key'} cannot be made: "):
        create(tmp_path / "file" / "key", "ada")


# What is no key


def test_no_key_is_refused_with_how_to_make_one(path):
    with refused(Refusal, f"there is no key at {path}", "aidledger key create"):
        load(path)


@needs_modes
@pytest.mark.parametrize("bits", [0o640, 0o604, 0o660, 0o610, 0o601])
def test_a_key_that_others_may_read_is_refused(path, bits):
    create(path, "ada")
    path.chmod(bits)
    with refused(Refusal, f"{path} is open to others (mode {bits:04o}): no key signs so", f"chmod 600 {path}"):
        load(path)


@needs_ssh_keygen
def test_a_key_with_a_passphrase_is_refused(tmp_path):
    ssh_keygen("-q", "-t", "ed25519", "-N", "a passphrase", "-C", "ada", "-f", tmp_path / "key")
    with refused(Refusal, "is encrypted: keys with a passphrase are not supported", "ssh-keygen -p -N ''"):
        load(tmp_path / "key")


def test_a_key_of_another_kind_is_refused(path):
    create(path, "ada")
    other = ec.generate_private_key(ec.SECP256R1())
    encoding = serialization.Encoding.PEM, serialization.PrivateFormat.OpenSSH, serialization.NoEncryption()
    path.write_bytes(other.private_bytes(*encoding))
    with refused(Refusal, f"{path} is not an Ed25519 key, and only those sign here"):
        load(path)


@pytest.mark.parametrize("data", [b"", b"mine", b"\xff\x00", b"-----BEGIN OPENSSH PRIVATE KEY-----\nAAAA\n"])
def test_a_file_that_is_no_key_is_refused(path, data):
    create(path, "ada")
    path.write_bytes(data)
    with refused(Refusal, f"{path} is no private key in OpenSSH's format"):
        load(path)


def test_a_folder_and_a_file_too_large_are_no_keys(path):
    create(path, "ada")
    with refused(Refusal, f"{path.parent} is no file: a folder holds no key"):
        load(path.parent)
    with path.open("r+b") as file:
        file.truncate(2**30)
    with refused(Refusal, f"{path} is no key: it is too large"):
        load(path)


@needs_modes
@pytest.mark.parametrize("read", [load, public_half])
def test_a_pipe_is_not_waited_for_and_a_device_not_read(tmp_path, read):
    os.mkfifo(tmp_path / "pipe")
    kind = Refusal if read is load else InputError
    with refused(kind, f"{tmp_path / 'pipe'} is no file: a pipe holds no key [None]"):
        read(tmp_path / "pipe")
    with refused(kind, "/dev/null is no file: a device holds no key [None]"):
        read(Path("/dev/null"))


@needs_modes
@pytest.mark.parametrize("data", [b"", b"mine", b"\xff\x00"])
def test_what_is_no_key_is_called_so_whoever_may_read_it(path, data):
    path.parent.mkdir(parents=True)
    path.write_bytes(data)
    path.chmod(0o644)
    with refused(Refusal, f"{path} is no private key in OpenSSH's format", "aidledger key create"):
        load(path)


def test_a_public_key_is_called_so_where_a_private_one_signs(path):
    create(path, "ada")
    public = Path(f"{path}.pub")
    with refused(Refusal, f"{public} is a public key, and only a private one signs", f"--key {path}"):
        load(public)


def test_the_public_half_is_that_of_either_file_whoever_may_read_it(path):
    made = create(path, "ada")
    path.chmod(0o644)
    assert public_half(path) == public_half(Path(f"{path}.pub")) == made.public


def test_a_file_without_a_public_half_is_named(path):
    with refused(InputError, f"there is no key at {path}", "--trust NAME+ID+KEY"):
        public_half(path)
    path.parent.mkdir(parents=True)
    path.write_bytes(b"\xff")
    with refused(InputError, f"{path}: this is no public key"):
        public_half(path)


@given(st.integers(0), st.integers(1, 255))
def test_a_key_that_was_damaged_is_refused_in_words_or_is_the_same(tmp_path_factory, place, change):
    path = tmp_path_factory.mktemp("keys") / "key"
    made = create(path, "ada")
    data = bytearray(path.read_bytes())
    data[place % len(data)] ^= change
    path.write_bytes(data)
    with suppress(Refusal):
        assert load(path).sign(b"text") == made.sign(b"text")


def test_the_public_half_has_to_be_beside_it_since_it_has_the_name(path):
    create(path, "ada")
    public = Path(f"{path}.pub")
    public.unlink()
    with refused(Refusal, f"there is no key at {public}", f"ssh-keygen -y -f {path}, and a name after it"):
        load(path)
    public.write_text(BOB.public.ssh_line)
    with refused(Refusal, f"{public} is not the public half of {path}"):
        load(path)
    public.write_text("mine")
    with refused(Refusal, f"{public}: this is no public key", "ssh-ed25519 KEY NAME"):
        load(path)


# Names


@pytest.mark.parametrize("name", ["ada", "ada@example.org", "example.org/book", "Ада", "DE-BMF.2025_1", "ministry:uk"])
def test_a_name_is_one_word_of_any_script(path, name):
    made = create(path, name)
    assert load(path).name == name
    assert PublicKey.read(made.public.verifier) == PublicKey.read(made.public.ssh_line) == made.public


PARTING = ["Ada Lovelace", "a\tb", "a\nb", "a\xa0b", "a\u2028b", "a+b", "a\x1b[2J", "a\u202eb", "a\u200bb"]
PATTERNS = ["a,b", "a*", "a?", "!a", '"a"', "#a", "a\\b", "it's"]


@pytest.mark.parametrize("name", PARTING + PATTERNS)
def test_a_name_that_would_part_a_line_or_be_a_pattern_is_refused_and_nothing_is_made(path, name):
    with refused(InputError, "the name of a key is one word, without "):
        create(path, name)
    assert not path.parent.exists()


@pytest.mark.parametrize(
    ("name", "likely"),
    [
        ("Ada Lovelace", "ada.lovelace"),
        (" Élan & Co. (UK)", "élan.co.uk"),
        ("ada+test@example.org", "ada.test@example.org"),
        ("-ada", "ada"),
        ("", "NAME"),
        ("+@+", "NAME"),
        ("a" * (LONGEST_NAME + 1), "a" * LONGEST_NAME),
    ],
)
def test_for_a_name_that_is_none_one_is_proposed(path, name, likely):
    with refused(InputError, f"[aidledger key create {likely}]"):
        create(path, name)
    if likely != "NAME":
        assert create(path, likely).name == likely


@given(st.text(max_size=150))
def test_a_name_that_is_proposed_is_one(name):
    with suppress(InputError):
        likely = _likely(name)
        assert PublicKey(likely, bytes(32)).name == likely
        return
    pytest.fail(f"{likely!a} is proposed for {name!a}")


@pytest.mark.parametrize("name", ["", "-ada", "a" * (LONGEST_NAME + 1)])
def test_a_name_that_is_empty_or_too_long_or_an_option_is_refused(name):
    with refused(InputError, "the name of a key has 1 to 100 characters, and does not begin with a dash"):
        PublicKey(name, bytes(32))


# Public keys


def test_a_public_key_is_written_as_others_write_it():
    # The verifier of Go's checksum database, whose id is in each of its signatures.
    found = PublicKey.read("sum.golang.org+033de0ae+Ac4zctda0e5eza+HJyk9SxEdh+s3Ux18htTTAD8OuAn8")
    assert (found.name, found.note_id.hex()) == ("sum.golang.org", "033de0ae")
    # GitHub's key and its fingerprint, which GitHub publishes side by side.
    line = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl github.com"
    found = PublicKey.read(line)
    assert found.fingerprint == "SHA256:+DiY3wvvV6TuJJhbpZisF/zLDA0zPMSvHdkr4UvCOqU"
    assert found.ssh_line == line


@pytest.mark.parametrize(
    "text",
    [
        ADA.public.verifier,
        f"  {ADA.public.verifier}\r\n",
        ADA.public.ssh_line,
        f"{ADA.public.ssh_line}\n",
        ADA.public.ssh_line.replace(" ", "\t"),
        f'ada@example.org namespaces="file" {ADA.public.ssh_line.rpartition(" ")[0]}\n',
        f'ada@example.org namespaces="file" {ADA.public.ssh_line.rpartition(" ")[0]} a comment',
    ],
)
def test_a_public_key_is_read_from_each_line_that_has_one(text):
    assert PublicKey.read(text) == ADA.public


_SSH, _VERIFIER = ADA.public.ssh_line, ADA.public.verifier


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "this is no public key"),
        ("ada", "this is no public key"),
        ("ada+1234", "this is no public key"),
        ("a" * 2**20, "this is no public key"),
        ("-----BEGIN OPENSSH PRIVATE KEY-----", "this is no public key"),
        ("ssh-rsa AAAAB3NzaC1yc2E= ada", "this public key is not Ed25519"),
        ("ecdsa-sha2-nistp256 AAAA ada", "this public key is not Ed25519"),
        ("sk-ssh-ed25519@openssh.com AAAA ada", "this public key is not Ed25519"),
        ("ssh-ed25519", "what follows ssh-ed25519 is no key of that kind"),
        ("ssh-ed25519 AAAA ada", "what follows ssh-ed25519 is no key of that kind"),
        (_SSH.replace("AAAAC3", "AAAAC2"), "what follows ssh-ed25519 is no key of that kind"),
        (_SSH.replace(" ada", "= ada"), "what follows ssh-ed25519 is no key of that kind"),
        (_SSH.removesuffix(" ada@example.org"), "a name of one word at the end of its line, and this has 0"),
        (f"{_SSH} Lovelace", "a name of one word at the end of its line, and this has 2"),
        (_VERIFIER.replace("ada@", "eve@"), "is not whole: its id is not that of its name and key"),
        (_VERIFIER.replace("+AY", "+BY"), "is not of an Ed25519 key"),
        (_VERIFIER[:-4], "an Ed25519 key has 32 bytes, and that of ada@example.org has 29"),
        ("ada+00000000+Ag==", "is not of an Ed25519 key"),
        ("+00000000+AQ==", "the name of a key has 1 to 100 characters"),
    ],
)
def test_what_is_no_public_key_is_refused_in_words(text, words):
    with pytest.raises(InputError) as caught:
        PublicKey.read(text)
    assert words in caught.value.message


@given(st.text(max_size=80) | st.text("ssh-ed25519+AQC= \n", max_size=80))
def test_no_text_is_taken_for_a_key_that_it_is_not(text):
    with suppress(InputError):
        found = PublicKey.read(text)
        assert text.strip() in {found.verifier, found.ssh_line}


# OpenSSH's own program


@needs_ssh_keygen
def test_openssh_finds_the_same_public_key_and_the_same_fingerprint(path):
    public = create(path, "ada").public
    assert ssh_keygen("-y", "-f", path).stdout.decode().split()[:2] == public.ssh_line.split()[:2]
    for each in (path, f"{path}.pub"):
        assert ssh_keygen("-l", "-f", each).stdout.decode().split()[1] == public.fingerprint


@needs_ssh_keygen
def test_a_key_that_openssh_made_signs_here(tmp_path):
    assert ssh_keygen("-q", "-t", "ed25519", "-N", "", "-C", "ada", "-f", tmp_path / "key").returncode == 0
    found = load(tmp_path / "key")
    assert found.name == "ada"
    assert f"{found.public.ssh_line}\n" == (tmp_path / "key.pub").read_text()
    assert ssh_keygen("-l", "-f", tmp_path / "key").stdout.decode().split()[1] == found.public.fingerprint
