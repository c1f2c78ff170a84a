"""Checkpoints and proofs as text: one way to write each, and nothing else is read."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.errors import InputError
from ledger.proof.checkpoint import LONGEST_ORIGIN, Checkpoint
from ledger.proof.inclusion import LONGEST, MOST_HASHES, Inclusion
from ledger.proof.leaf import MOST_INTEGER
from tests.strategies import texts
from tests.world import refused

UID = "0d5b7c1e-3f2a-4b6c-8d9e-1a2b3c4d5e6f"
ROOT = "CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I="
HEAD = f"{UID}\n20852163\n{ROOT}\n"


def hashes() -> st.SearchStrategy[bytes]:
    return st.binary(min_size=32, max_size=32)


@st.composite
def checkpoints(draw: st.DrawFn) -> Checkpoint:
    return Checkpoint(draw(texts()), draw(st.integers(0, MOST_INTEGER)), draw(hashes()))


# Checkpoints


def test_a_checkpoint_is_three_lines():
    found = Checkpoint.read(HEAD)
    assert (found.origin, found.size, found.root.hex()[:8]) == (UID, 20852163, "0ac5186a")
    assert found.text == HEAD


@given(checkpoints())
def test_a_checkpoint_is_read_back_from_its_text(head):
    assert Checkpoint.read(head.text) == head


@pytest.mark.parametrize(
    "text",
    [
        "",
        "\n\n\n",
        HEAD[:-1],
        f"{HEAD}\n",
        f"{HEAD}timestamp 1\n",
        HEAD.replace(f"{UID}\n", ""),
        f"{HEAD}\n— ada AAAA\n",
        "\n" + HEAD,
        f"{UID}\n20852163\n\n{ROOT}\n",
        HEAD * 2**16,
    ],
)
def test_more_or_fewer_lines_are_no_checkpoint(text):
    with pytest.raises(InputError):
        Checkpoint.read(text)


@pytest.mark.parametrize(
    "size",
    ["", "00", "01", "-1", "+1", "1.0", "1e3", " 1", "1 ", "0x1", "1_000", "١", "²", "1\r", "9" * 5000, "9" * 17],  # noqa: RUF001 - digits that are not ours
)
def test_a_size_is_plain_digits_without_zeros_before_them(size):
    with refused(InputError, "the size of a checkpoint is a whole number in decimal digits, without leading zeros"):
        Checkpoint.read(f"{UID}\n{size}\n{ROOT}\n")


@pytest.mark.parametrize("size", [2**53, 9999999999999999])
def test_a_size_that_no_number_of_an_entry_reaches_is_refused(size):
    with refused(InputError, f"a checkpoint's size is a number of entries, not {size}"):
        Checkpoint.read(f"{UID}\n{size}\n{ROOT}\n")


@pytest.mark.parametrize(
    "root",
    [
        "",
        ROOT[:-1],
        f"{ROOT}=",
        f" {ROOT}",
        f"{ROOT} ",
        f"{ROOT}\r",
        ROOT.replace("/", "_"),
        ROOT[:-2] + "J=",
        "é",
    ],
)
def test_a_root_is_base64_as_it_has_to_be_written(root):
    with refused(InputError, "the root of a checkpoint is not in base64 as it has to be written"):
        Checkpoint.read(f"{UID}\n1\n{root or '='}\n")


@pytest.mark.parametrize("root", ["", "AAAA", "A" * 44])
def test_a_root_has_32_bytes(root):
    with refused(InputError, "the root of a checkpoint is a hash of 32 bytes in base64, and this has "):
        Checkpoint.read(f"{UID}\n1\n{root}\n")


@pytest.mark.parametrize(
    "origin", ["", "a\rb", "a\x1bb", "a\x7fb", "a\x85b", "a\u2028b", "\ud800", "a" * (LONGEST_ORIGIN + 1)]
)
def test_an_origin_is_one_line_of_text(origin):
    with refused(InputError, "a checkpoint begins with the book's lasting name, one line of text"):
        Checkpoint.read(f"{origin}\n1\n{ROOT}\n")


def test_a_root_of_another_length_makes_no_checkpoint():
    with refused(InputError, "a checkpoint's root has 32 bytes, not 31"):
        Checkpoint(UID, 1, bytes(31))


# Proofs of inclusion


PROOF = f"c2sp.org/tlog-proof@v1\nindex 7\n{ROOT}\n{ROOT}\n\n{HEAD}\n— ada AAAAAAAA\n"


def test_a_proof_is_an_index_hashes_and_a_checkpoint_as_it_is():
    found = Inclusion.read(PROOF)
    assert (found.index, len(found.path), found.extra) == (7, 2, None)
    assert found.checkpoint == f"{HEAD}\n— ada AAAAAAAA\n"
    assert found.text == PROOF


def test_what_others_put_beside_a_proof_is_kept():
    given = PROOF.replace("index", "extra AAEC\nindex")
    assert Inclusion.read(given).extra == b"\x00\x01\x02"
    assert Inclusion.read(given).text == given


@given(
    st.integers(0, MOST_INTEGER),
    st.lists(hashes(), max_size=60).map(tuple),
    checkpoints().map(lambda head: head.text),
    st.none() | st.binary(max_size=9),
)
def test_a_proof_is_read_back_from_its_text(index, path, checkpoint, extra):
    proof = Inclusion(index, path, checkpoint, extra)
    assert Inclusion.read(proof.text) == proof


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "this is no proof: it begins with the line c2sp.org/tlog-proof@v1"),
        (HEAD, "this is no proof"),
        (PROOF.replace("@v1", "@v2"), "this is no proof"),
        (PROOF.replace("\n", "\r\n"), "this is no proof"),
        (PROOF + "x" * LONGEST, "this is no proof"),
        (PROOF.partition("\n\n")[0], "this proof has no checkpoint"),
        (f"{PROOF.partition(chr(10) * 2)[0]}\n\n", "this proof has no checkpoint"),
        (PROOF.replace("index 7\n", ""), "this proof does not say which entry it is of"),
        (PROOF.replace("index 7", "index"), "this proof does not say which entry it is of"),
        ("c2sp.org/tlog-proof@v1\n\nhead\n", "this proof does not say which entry it is of"),
        ("c2sp.org/tlog-proof@v1\nextra AAEC\n\nhead\n", "this proof does not say which entry it is of"),
        (PROOF.replace("index 7", "index 07"), "the index of a proof is a whole number"),
        (PROOF.replace("index 7", "index -7"), "the index of a proof is a whole number"),
        (PROOF.replace("index", "extra ???\nindex"), "the extra line of a proof is not in base64"),
        (PROOF.replace(f"7\n{ROOT}", "7\nAAAA"), "hash 1 of a proof is a hash of 32 bytes in base64, and this has 3"),
        (PROOF.replace(f"{ROOT}\n\n", f"{ROOT[:-1]}\n\n", 1), "hash 2 of a proof is not in base64"),
        (
            PROOF.replace("7\n", f"7\n{f'{ROOT}{chr(10)}' * MOST_HASHES}"),
            "this proof has 66 hashes: no tree is so high",
        ),
    ],
)
def test_what_is_no_proof_is_refused_in_words(text, words):
    with refused(InputError, words):
        Inclusion.read(text)
