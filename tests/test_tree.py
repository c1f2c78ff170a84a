"""The tree over the lines: the roots and proofs of RFC 9162, at every size, and no other proof is taken."""

import random
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.errors import InputError
from ledger.proof.tree import (
    EMPTY,
    Frontier,
    Span,
    consistency_spans,
    consistent,
    inclusion_spans,
    leaf_hash,
    node_hash,
    root_from_inclusion,
)
from tests.rfc9162 import Definitions, verify_consistency, verify_inclusion
from tests.world import refused

MOST = 300
LEAVES = [leaf_hash(b"entry %d" % number) for number in range(MOST)]
RFC = Definitions(LEAVES)

# The leaves that implementations of RFC 6962 have compared themselves by since Certificate Transparency's own.
KNOWN = [bytes.fromhex(each) for each in (
    "", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f",
)]  # fmt: skip
ROOTS = [
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
_96, _5F, _6B, _BC, _CA, _0E, _6E = (
    "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
    "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
    "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
    "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
    "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
    "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
    ROOTS[1],
)


def root_of(leaves: list[bytes]) -> bytes:
    tree = Frontier()
    for each in leaves:
        tree.add(each)
    return tree.root()


def hashes(spans: list[Span], leaves: list[bytes]) -> list[bytes]:
    return [root_of(leaves[first:last]) for first, last in spans]


@pytest.mark.parametrize("size", range(len(ROOTS)))
def test_the_leaves_that_others_compare_by_have_the_roots_that_others_found(size):
    assert root_of([leaf_hash(each) for each in KNOWN[:size]]).hex() == ROOTS[size]


@pytest.mark.parametrize(
    ("index", "size", "path"),
    [(0, 1, []), (0, 8, [_96, _5F, _6B]), (5, 8, [_BC, _CA, ROOTS[4]]), (2, 3, [ROOTS[2]]), (1, 5, [_6E, _5F, _BC])],
)
def test_a_known_leaf_has_the_proof_that_others_found(index, size, path):
    leaves = [leaf_hash(each) for each in KNOWN[:size]]
    assert [each.hex() for each in hashes(inclusion_spans(index, size), leaves)] == path
    found = root_from_inclusion(leaves[index], index, size, [bytes.fromhex(each) for each in path])
    assert found.hex() == ROOTS[size]


@pytest.mark.parametrize(
    ("old", "size", "path"),
    [(1, 1, []), (1, 8, [_96, _5F, _6B]), (6, 8, [_0E, _CA, ROOTS[4]]), (2, 5, [_5F, _BC])],
)
def test_known_trees_have_the_proof_of_consistency_that_others_found(old, size, path):
    leaves = [leaf_hash(each) for each in KNOWN[:size]]
    assert [each.hex() for each in hashes(consistency_spans(old, size), leaves)] == path
    roots = (bytes.fromhex(ROOTS[old]), bytes.fromhex(ROOTS[size]))
    assert consistent(old, size, *roots, path=[bytes.fromhex(each) for each in path])


def test_roots_and_proofs_are_those_of_the_definitions_at_every_size():
    tree = Frontier()
    for size in range(1, MOST + 1):
        tree.add(LEAVES[size - 1])
        root = tree.root()
        assert (tree.size, root) == (size, RFC.mth(0, size))
        for index in range(size):
            path = [RFC.mth(*span) for span in inclusion_spans(index, size)]
            assert path == RFC.path(index, 0, size)
            assert root_from_inclusion(LEAVES[index], index, size, path) == root
        for old in range(1, size):
            path = [RFC.mth(*span) for span in consistency_spans(old, size)]
            assert path == RFC.proof(old, size)
            assert consistent(old, size, RFC.mth(0, old), root, path=path)


def test_proofs_are_those_that_the_steps_of_the_rfc_verify():
    for size in (1, 2, 3, 7, 8, 9, 64, 100, 255, 256, 257, MOST):
        root = RFC.mth(0, size)
        for at in range(size):
            assert verify_inclusion(LEAVES[at], at, size, hashes_of(inclusion_spans(at, size))) == root
        for old in range(1, size):
            assert verify_consistency(old, size, hashes_of(consistency_spans(old, size)), (RFC.mth(0, old), root))


def hashes_of(spans: list[Span]) -> list[bytes]:
    return [RFC.mth(*span) for span in spans]


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_pymerkle_finds_the_same_roots_and_proofs_of_inclusion():
    # Its proofs of consistency have a form of their own.
    pymerkle = pytest.importorskip("pymerkle", reason="pymerkle is missing: pip install pymerkle (GPL, for tests only)")
    theirs = pymerkle.InmemoryTree(algorithm="sha256")
    ours = Frontier()
    leaves = [leaf_hash(b"%d" % number) for number in range(64)]
    for size, leaf in enumerate(leaves, 1):
        theirs.append_entry(b"%d" % (size - 1))
        ours.add(leaf)
        assert theirs.get_state(size) == ours.root()
        for index in range(size):
            path = theirs.prove_inclusion(index + 1, size).serialize()["path"]
            assert path == [each.hex() for each in [leaves[index], *hashes(inclusion_spans(index, size), leaves)]]


@given(st.integers(1, 2**53), st.integers(0, 2**53))
def test_in_a_tree_of_any_size_a_proof_covers_each_other_leaf_once(size, chosen):
    index = chosen % size
    covered = sorted([(index, index + 1), *inclusion_spans(index, size)])
    assert [covered[0][0], covered[-1][1]] == [0, size]
    assert all(left[1] == right[0] for left, right in pairwise(covered))


@given(st.integers(2, 2**53), st.integers(0, 2**53))
def test_in_a_tree_of_any_size_a_proof_of_consistency_parts_at_the_end_of_the_old_one(size, chosen):
    old = 1 + chosen % (size - 1)
    spans = consistency_spans(old, size)
    power = old & (old - 1) == 0
    covered = sorted([*([(0, old)] if power else []), *spans])
    assert [covered[0][0], covered[-1][1]] == [0, size]
    assert all(left[1] == right[0] for left, right in pairwise(covered))
    assert old in {last for _, last in covered}


@given(st.lists(st.integers(0, 9), max_size=6), st.randoms(use_true_random=False))
def test_complete_subtrees_are_added_as_their_leaves_would_be(heights: list[int], chance: random.Random):
    whole, single = Frontier(), Frontier()
    for level in sorted(heights, reverse=True):
        leaves = [chance.randbytes(32) for _ in range(2**level)]
        whole.add_tree(root_of(leaves), level)
        for each in leaves:
            single.add(each)
    assert (whole.size, whole.root()) == (single.size, single.root())


def test_a_subtree_that_would_not_stand_where_trees_have_one_is_a_defect_of_the_program():
    tree = Frontier()
    tree.add(LEAVES[0])
    with pytest.raises(ValueError, match="a subtree of 2 leaves does not begin at leaf 1"):
        tree.add_tree(EMPTY, 1)


# What is not a proof


@st.composite
def inclusions(draw: st.DrawFn) -> tuple[int, int, list[bytes]]:
    size = draw(st.integers(2, MOST))
    index = draw(st.integers(0, size - 1))
    return index, size, hashes_of(inclusion_spans(index, size))


@st.composite
def consistencies(draw: st.DrawFn) -> tuple[int, int, list[bytes]]:
    size = draw(st.integers(2, MOST))
    old = draw(st.integers(1, size - 1))
    return old, size, hashes_of(consistency_spans(old, size))


def flipped(data: bytes, bit: int) -> bytes:
    return (int.from_bytes(data) ^ 1 << bit % 256).to_bytes(32)


@given(inclusions(), st.integers(0, 255))
def test_a_bit_flipped_in_any_hash_of_an_inclusion_makes_another_root(case, bit):
    index, size, path = case
    root = RFC.mth(0, size)
    for place in range(len(path)):
        wrong = [*path[:place], flipped(path[place], bit), *path[place + 1 :]]
        assert root_from_inclusion(LEAVES[index], index, size, wrong) != root
    assert root_from_inclusion(flipped(LEAVES[index], bit), index, size, path) != root


@given(inclusions(), st.integers(0, MOST), st.integers(0, MOST))
def test_an_inclusion_proves_no_other_leaf_and_no_other_tree(case, other, size):
    index, whole, path = case
    if other != index:
        assert not proven(LEAVES[index], other, whole, path)
    if size != whole:
        assert not proven(LEAVES[index], index, size, path)


def proven(leaf: bytes, index: int, size: int, path: list[bytes]) -> bool:
    try:
        return root_from_inclusion(leaf, index, size, path) == RFC.mth(0, size)
    except InputError:
        return False


@given(inclusions(), st.binary(min_size=32, max_size=32))
def test_an_inclusion_that_is_longer_shorter_or_turned_round_is_refused(case, more):
    index, size, path = case
    for wrong in (path[:-1], path[1:], [*path, more], [more, *path], [*path, more[:31]], [*path[:-1], path[-1][:-1]]):
        hashes = "1 hash" if len(path) == 1 else f"{len(path)} hashes"
        with refused(InputError, f"a proof of leaf {index} in a tree of {size} has {hashes} of 32 bytes"):
            root_from_inclusion(LEAVES[index], index, size, wrong)
    if len(path) > 1:
        assert root_from_inclusion(LEAVES[index], index, size, path[::-1]) != RFC.mth(0, size)


@given(consistencies(), st.integers(0, 255))
def test_a_bit_flipped_anywhere_in_a_proof_of_consistency_proves_nothing(case, bit):
    old, size, path = case
    roots = RFC.mth(0, old), RFC.mth(0, size)
    for place in range(len(path)):
        wrong = [*path[:place], flipped(path[place], bit), *path[place + 1 :]]
        assert not consistent(old, size, *roots, path=wrong)
    assert not consistent(old, size, flipped(roots[0], bit), roots[1], path=path)
    assert not consistent(old, size, roots[0], flipped(roots[1], bit), path=path)


@given(consistencies(), st.integers(0, MOST), st.binary(min_size=32, max_size=32))
def test_a_proof_of_consistency_holds_for_no_other_sizes_and_no_other_length(case, other, more):
    old, size, path = case
    roots = RFC.mth(0, old), RFC.mth(0, size)
    if other != old:
        assert not consistent(other, size, *roots, path=path)
    for wrong in (path[:-1], path[1:], [*path, more], [more, *path], [*path[:-1], path[-1][:31]]):
        assert not consistent(old, size, *roots, path=wrong)
    assert not consistent(size, old, *roots[::-1], path=path)
    assert not consistent(old, size, *roots[::-1], path=path)


@given(st.integers(0, MOST))
def test_every_tree_continues_the_empty_one_and_itself_and_no_proof_is_needed(size):
    root = RFC.mth(0, size)
    assert consistency_spans(0, size) == consistency_spans(size, size) == []
    assert consistent(0, size, EMPTY, root, path=[])
    assert consistent(size, size, root, root, path=[])
    assert not consistent(0, size, flipped(EMPTY, 0), root, path=[])
    assert not consistent(size, size, root, flipped(root, 7), path=[])
    assert not consistent(size, size, root, root, path=[root])
    assert not consistent(size, size, root, root[:-1], path=[])


@pytest.mark.parametrize(("index", "size"), [(0, 0), (5, 5), (-1, 5), (6, 5)])
def test_a_leaf_that_a_tree_has_not_has_no_proof(index, size):
    with refused(InputError, f"there is no leaf {index} in a tree of {size}"):
        inclusion_spans(index, size)


@pytest.mark.parametrize(("old", "size"), [(6, 5), (-1, 5)])
def test_a_smaller_tree_continues_no_larger_one(old, size):
    with refused(InputError, f"a tree of {size} leaves does not continue one of {old}"):
        consistency_spans(old, size)
    assert not consistent(old, size, EMPTY, EMPTY, path=[])


def test_a_leaf_is_never_a_node():
    left, right = leaf_hash(b"a"), leaf_hash(b"b")
    assert leaf_hash(left + right) != node_hash(left, right)
    assert leaf_hash(b"") != EMPTY
