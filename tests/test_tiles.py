"""Tiles: rows of hashes as a tree grows, without a book."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.proof.tiles import Edge, Tile, edge_of, span_root
from ledger.proof.tree import consistency_spans, inclusion_spans
from tests.log_words import leaf, tree_head

LEAVES = [leaf(b"%d" % number) for number in range(70_000)]


def grown_edge(size: int) -> tuple[Edge, list[Tile]]:
    edge = Edge()
    full = [tile for each in LEAVES[:size] for tile in edge.add(each)]
    return edge, full


@pytest.mark.parametrize("size", [1, 2, 3, 255, 256, 257, 300, 511, 512, 513, 65_535, 65_536, 65_537, 66_000])
def test_an_edge_has_the_root_of_all_its_leaves(size):
    edge, _ = grown_edge(size)
    assert edge.root() == tree_head(LEAVES[:size])


def test_a_tree_of_70000_leaves_has_the_rows_that_the_specification_counts():
    edge, full = grown_edge(70_000)
    assert [len([tile for tile in full if tile.level == level]) for level in (0, 1, 2)] == [273, 1, 0]
    assert [(tile.level, tile.width) for tile in edge.unfinished()] == [(0, 112), (1, 17), (2, 1)]
    assert list(edge_of(70_000)) == [(0, 273, 112), (1, 1, 17), (2, 0, 1)]


def test_a_tree_of_256_leaves_is_one_full_row_and_one_hash_above_it():
    edge, full = grown_edge(256)
    assert full == [Tile(0, 0, b"".join(LEAVES[:256]))]
    assert edge.unfinished() == [Tile(1, 0, tree_head(LEAVES[:256]))]


@given(st.integers(0, 3000), st.integers(0, 600))
def test_an_edge_goes_on_from_the_rows_that_it_left(size, more):
    first, _ = grown_edge(size)
    second = Edge(size, first.unfinished())
    for each in LEAVES[size : size + more]:
        second.add(each)
    assert not size + more or second.root() == tree_head(LEAVES[: size + more])
    assert second.size == size + more


@given(st.integers(1, 3000).flatmap(lambda size: st.tuples(st.just(size), st.integers(0, size - 1))))
def test_spans_of_every_proof_are_read_from_the_rows(chosen):
    size, index = chosen
    edge, full = grown_edge(size)
    held = {tile.place: tile.hashes for tile in (*full, *edge.unfinished())}
    spans = [*inclusion_spans(index, size), *consistency_spans(index + 1, size), (0, size)]
    for first, last in spans:
        found = span_root((first, last), lambda level, number: held[level, number])
        assert found == tree_head(LEAVES[first:last])
