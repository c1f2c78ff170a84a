"""Signed notes and signatures of files: whose they are, and that nothing else passes for one."""

from base64 import b64decode, b64encode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.errors import InputError, LedgerError, Refusal
from ledger.signing import note, sshsig
from ledger.signing.key import PublicKey, create, load
from tests.keys import ADA, BOB, EVE, needs_ssh_keygen, ssh_keygen
from tests.world import refused

TEXT = "example.org/book\n7\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n"
NOTE = note.sign(TEXT, ADA)
LINE = NOTE.removeprefix(f"{TEXT}\n")


def lines() -> st.SearchStrategy[str]:
    """Texts that can be signed: any lines, empty ones too, but for the first and the last."""
    character = st.characters(exclude_categories=["Cs"], exclude_characters=[chr(code) for code in range(32)])
    return st.lists(st.text(character, max_size=12), min_size=1, max_size=5).map(lambda each: "\n".join([*each, ""]))


# Signed notes


def test_a_note_is_these_bytes_and_no_others():
    signed = (
        f"{TEXT}\n— ada@example.org "
        "Tt2V02zSrIfhoLm2CsqeA+X9vnrv/dXLcBtoODGgOuVZ48K3Ixt3qCdVwOTWS3TdrFqONaeLTj+usfX4NKenz83awAo=\n"
    )
    assert signed == NOTE


def test_a_note_that_the_makers_of_notes_show_is_opened_by_the_key_they_show():
    # From the documentation of golang.org/x/mod/sumdb/note, whose format C2SP wrote down.
    key = PublicKey.read("PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW")
    text = "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n"
    signature = "x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM="
    found = note.opened(f"{text}\n— PeterNeumann {signature}\n", [key])
    assert found == note.Opened(text, (key,), ())


@given(lines())
def test_a_note_is_opened_by_the_key_that_signed_it(text):
    assert note.opened(note.sign(text, ADA), [BOB.public, ADA.public]) == note.Opened(text, (ADA.public,), ())
    assert note.sign(text, ADA) == note.sign(text, ADA)


def test_text_that_nobody_signed_is_a_note_without_signatures():
    assert note.opened(TEXT, [ADA.public]) == note.Opened(TEXT, (), ())


def test_unknown_signatures_are_kept_as_names_even_of_a_name_that_is_known():
    both = f"{NOTE}{note.sign(TEXT, EVE).removeprefix(f'{TEXT}{chr(10)}')}"
    assert note.opened(both, [ADA.public, BOB.public]) == note.Opened(TEXT, (ADA.public,), ("bob",))
    assert note.opened(both, []) == note.Opened(TEXT, (), ("ada@example.org", "bob"))
    assert note.opened(both, [EVE.public, ADA.public]).signed_by == (ADA.public, EVE.public)


def test_a_key_that_signed_twice_is_named_once():
    assert note.opened(NOTE + LINE, [ADA.public, ADA.public]) == note.Opened(TEXT, (ADA.public,), ())
    assert note.opened(NOTE + LINE, []).others == ("ada@example.org",)


@pytest.mark.parametrize("place", range(len(TEXT) - 1))
def test_a_letter_altered_in_the_text_is_refused(place):
    altered = TEXT[:place] + chr(ord(TEXT[place]) ^ 1) + TEXT[place + 1 :]
    with pytest.raises(LedgerError):
        note.opened(f"{altered}\n{LINE}", [ADA.public])


def test_a_wrong_signature_of_a_known_key_is_a_refusal_whatever_else_is_right():
    signature = b64decode(LINE.split()[2])
    for wrong in (signature[:4] + bytes(64), signature[:-1], signature + b"x", signature[:5]):
        line = f"— ada@example.org {b64encode(wrong).decode()}\n"
        for each in (f"{TEXT}\n{line}", NOTE + line, f"{TEXT}\n{line}{LINE}"):
            with refused(Refusal, "the signature of ada@example.org is not of this text"):
                note.opened(each, [ADA.public])


def test_a_signature_of_another_text_or_of_another_key_under_this_name_is_not_believed():
    with refused(Refusal, "the signature of ada@example.org is not of this text"):
        note.opened(f"{TEXT.replace('7', '8')}\n{LINE}", [ADA.public])
    renamed = note.sign(TEXT, EVE).replace("bob", "ada@example.org")
    assert note.opened(renamed, [ADA.public]) == note.Opened(TEXT, (), ("ada@example.org",))


def test_sixteen_signatures_of_five_kilobytes_are_read():
    large = b64encode(bytes(5000)).decode()
    signed = NOTE + "".join(f"— witness{number}.example {large}\n" for number in range(16))
    found = note.opened(signed, [ADA.public])
    assert (found.signed_by, len(found.others)) == ((ADA.public,), 16)


def test_more_signatures_than_anybody_needs_are_refused():
    with refused(InputError, "this note has 101 signatures, and 100 are the most that are read"):
        note.opened(f"{TEXT}\n{LINE * 101}", [ADA.public])


@pytest.mark.parametrize("text", ["", "a", "a\tb\n", "a\r\n", "a\x00\n", "a\x1b\n", "\ud800\n"])
def test_text_that_is_no_note_is_neither_signed_nor_opened(text):
    words = "this is no signed note: it is text that ends with a line break, without control characters"
    for tried in (lambda: note.sign(text, ADA), lambda: note.opened(text, [])):
        with refused(InputError, words):
            tried()


def test_a_note_too_large_is_refused():
    with refused(InputError, "this is no signed note: it has more than 1048576 characters"):
        note.opened("a\n" * 2**20, [])


_SIGNATURE = LINE.split()[2]


@pytest.mark.parametrize(
    "below",
    [
        "",
        "more text\n",
        LINE.replace("—", "-"),
        LINE.replace("— ", "—"),
        LINE.replace("— ", "—  "),
        LINE.replace(" T", "  T"),
        f"{LINE}more text\n",
        f"{LINE}{LINE.replace('— ', '')}",
        LINE.replace("ada@example.org", "ada lovelace"),
        LINE.replace("ada@example.org", "ada\xa0lovelace"),
        LINE.replace("ada@example.org", "a+b"),
        "— ada@example.org\n",
        f"— {_SIGNATURE}\n",
        f"—  {_SIGNATURE}\n",
        f"— ada@example.org {_SIGNATURE} \n",
        f"— ada@example.org {_SIGNATURE[:-1]}\n",
        f"— ada@example.org {_SIGNATURE[:-2]}N=\n",
        "— ada@example.org AAAAAA==\n",
        "— ada@example.org \n",
    ],
)
def test_below_the_last_empty_line_stand_signatures_and_nothing_else(below):
    with pytest.raises(InputError) as caught:
        note.opened(f"{TEXT}\n{below}", [ADA.public])
    assert "below its last empty line" in caught.value.message or "is not in base64" in caught.value.message


@given(st.binary(max_size=60).map(lambda data: data.decode(errors="replace")) | lines(), st.integers(0, 200))
def test_nothing_put_into_a_note_passes_for_what_was_signed(more, place):
    altered = NOTE[:place] + more + NOTE[place:]
    try:
        found = note.opened(altered, [ADA.public])
    except LedgerError:
        return
    assert found.text == TEXT or not found.signed_by


# Signatures of files


FILE = b"0123  journal.jsonl\n"


def test_the_signature_of_a_file_is_these_bytes_and_no_others():
    assert sshsig.sign(FILE, ADA).splitlines() == [
        "-----BEGIN SSH SIGNATURE-----",
        "U1NIU0lHAAAAAQAAADMAAAALc3NoLWVkMjU1MTkAAAAgiojj3XQJ8ZX9UtstPLpdcspnCb",
        "8dlBIb83SIAbQPb1wAAAAEZmlsZQAAAAAAAAAGc2hhNTEyAAAAUwAAAAtzc2gtZWQyNTUx",
        "OQAAAEAhzIfUYLGMMCOKNs55aMNh6rCsxxnvzQY9evuV+MGhf6IGsQH5e/TItfHD/NL5sK",
        "1Yutw8VAU3wPjuJzZa/f8B",
        "-----END SSH SIGNATURE-----",
    ]


def test_who_may_sign_is_one_line_for_files_alone():
    assert sshsig.allowed_signers(ADA.public) == (
        'ada@example.org namespaces="file" ssh-ed25519 '
        "AAAAC3NzaC1lZDI1NTE5AAAAIIqI4910CfGV/VLbLTy6XXLKZwm/HZQSG/N0iAG0D29c\n"
    )


@needs_ssh_keygen
@pytest.mark.parametrize("data", [b"", FILE, bytes(range(256)) * 400])
def test_openssh_makes_the_same_signature_and_takes_ours(tmp_path, data):
    made, (file, signers) = create(tmp_path / "key", "ada@example.org"), (tmp_path / "file", tmp_path / "signers")
    file.write_bytes(data)
    signers.write_text(sshsig.allowed_signers(made.public))
    ssh_keygen("-q", "-Y", "sign", "-n", "file", "-f", tmp_path / "key", file)
    assert (tmp_path / "file.sig").read_text() == sshsig.sign(data, made)
    (tmp_path / "file.sig").write_text(sshsig.sign(data, made))
    verify = ("-Y", "verify", "-f", signers, "-I", "ada@example.org", "-n", "file", "-s", tmp_path / "file.sig")
    assert ssh_keygen(*verify, given=data).returncode == 0
    assert ssh_keygen(*verify, given=data + b"x").returncode != 0
    (tmp_path / "file.sig").write_text(sshsig.sign(data, made, "email"))
    assert ssh_keygen(*verify, given=data).returncode != 0
    (tmp_path / "file.sig").write_text(sshsig.sign(data, EVE))
    assert ssh_keygen(*verify, given=data).returncode != 0


@needs_ssh_keygen
def test_a_key_that_openssh_made_signs_as_openssh_does(tmp_path):
    ssh_keygen("-q", "-t", "ed25519", "-N", "", "-C", "ada", "-f", tmp_path / "key")
    (tmp_path / "file").write_bytes(FILE)
    ssh_keygen("-q", "-Y", "sign", "-n", "file", "-f", tmp_path / "key", tmp_path / "file")
    assert (tmp_path / "file.sig").read_text() == sshsig.sign(FILE, load(tmp_path / "key"))
