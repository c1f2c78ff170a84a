"""Guarded text: no spreadsheet takes it for a formula, and what it was can always be had back."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.formats.package.guarded import TRIGGERS, guarded, unguarded

BEGINNINGS = ("=", "+", "-", "@", "\t", "\r", "\n", "\0", "\uff1d", "\uff0b", "\uff0d", "\uff20", "'", "", " ", "N")
texts = st.builds("{}{}".format, st.sampled_from(BEGINNINGS), st.text(max_size=20)) | st.text(max_size=20)


@pytest.mark.parametrize(
    ("cell", "safe"),
    [
        ("=1+1", "'=1+1"),
        ("+44 20", "'+44 20"),
        ("-1", "'-1"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("\t=1", "'\t=1"),
        ("\r=1", "'\r=1"),
        ("\n=1", "'\n=1"),
        ("\0=1", "'\0=1"),
        ("\uff1d1", "'\uff1d1"),
        ("\uff0b1", "'\uff0b1"),
        ("\uff0d1", "'\uff0d1"),
        ("\uff20x", "'\uff20x"),
        ("'tis", "''tis"),
        ("''", "'''"),
        ("", ""),
        ("NA", "NA"),
        ("007", "007"),
        ("a=1", "a=1"),
        ("Україна", "Україна"),
    ],
)
def test_what_begins_like_a_formula_gets_an_apostrophe_and_nothing_else_does(cell, safe):
    assert guarded(cell) == safe
    assert unguarded(safe) == cell


@given(texts)
def test_taking_one_apostrophe_away_gives_back_what_there_was(cell):
    assert unguarded(guarded(cell)) == cell


@given(texts)
def test_no_guarded_text_begins_like_a_formula(cell):
    assert guarded(cell)[:1] not in TRIGGERS


@given(texts, texts)
def test_two_texts_are_never_guarded_to_the_same(one, other):
    assert (guarded(one) == guarded(other)) == (one == other)
