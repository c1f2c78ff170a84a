"""Names in other programs' journals: what they can hold stays as it is, and no two names ever meet."""

import re

import pytest
from beancount.core.account import is_valid_leaf
from hypothesis import given
from hypothesis import strategies as st

from ledger.formats.plaintext.names import (
    beancount_commodity,
    beancount_name,
    beancount_text,
    hledger_commodity,
    hledger_description,
    hledger_name,
    hledger_tag,
)
from ledger.money import currency, item
from tests.hostile_texts import TEXTS
from tests.peers import from_beancount, from_hledger, said_in_hledger
from tests.strategies import texts

ITEM = r"[a-z0-9]{1,12}([-_.][a-z0-9]{1,9}){0,3}"


def ids() -> st.SearchStrategy[str]:
    """Ids of pledges as users may choose them: anything but blanks and commas, with what escapes are made of."""
    wild = texts().map(lambda text: re.sub(r"[\s,]", "", text))
    near = st.text("-X2DF:aZ\\u0é", max_size=12)
    return st.one_of(wild, near).filter(bool)


def items() -> st.SearchStrategy[str]:
    return st.from_regex(ITEM, fullmatch=True).filter(lambda code: len(code) > 3 and not code.isdigit())


@pytest.mark.parametrize("name", ["GB-2025-0001", "GB", "UKM1", "XM-DAC-7", "ЄС-1"])
def test_the_usual_names_are_the_same_everywhere(name):
    assert hledger_name(name) == name
    assert beancount_name(name) == name


@pytest.mark.parametrize(
    ("name", "in_hledger", "in_beancount"),
    [
        ("missiles", "missiles", "X-missiles"),
        ("X-missiles", "X-missiles", "X-X-missiles"),
        ("a:b", "a%3Ab", "X-a--3A-b"),
        ("XI-IATI-EC_INTPA/7", "XI-IATI-EC_INTPA/7", "XI-IATI-EC--5F-INTPA--2F-7"),
        ("A--B", "A--B", "A--2D--B"),
        ("A-", "A-", "A--2D-"),
        ("=1+1", "%3D1%2B1", "X---3D-1--2B-1"),
        ("🚁-1", "🚁-1", "X---1F681--1"),
        ("漢字", "漢字", "X-漢字"),
    ],
)
def test_what_a_name_cannot_have_is_written_otherwise(name, in_hledger, in_beancount):
    assert hledger_name(name) == in_hledger
    assert beancount_name(name) == in_beancount


@given(ids())
def test_each_name_can_be_read_back_so_that_no_two_meet(name):
    assert from_hledger(hledger_name(name)) == name
    assert from_beancount(beancount_name(name)) == name


@given(ids())
def test_each_name_is_one_part_of_an_account(name):
    assert not re.search(r"[\s:;()\[\]*!]", hledger_name(name))
    assert is_valid_leaf(beancount_name(name))
    assert re.fullmatch(r"(?:[A-Z0-9]|[^\x00-\x7f])(?:[A-Za-z0-9-]|[^\x00-\x7f])*", beancount_name(name))


@given(texts() | st.sampled_from(TEXTS))
def test_each_text_can_be_read_back_and_ends_nothing(text):
    for written, ends in ((hledger_description(text), ";"), (hledger_tag(text), ",")):
        assert said_in_hledger(written) == text
        assert ends not in written
        assert written == written.strip()
    assert re.fullmatch(r'"([^"\\]|\\.)*"', beancount_text(text))
    assert re.sub(r"\\(.)", r"\1", beancount_text(text)[1:-1]) == text


@given(items())
def test_each_item_has_a_name_of_its_own_that_no_currency_has(code):
    assert hledger_commodity(item(code)) == f'"{code}"'
    name = beancount_commodity(item(code))
    assert re.fullmatch(r"[A-Z][A-Z0-9'._-]*[A-Z0-9]", name)
    assert len(name) > 3
    assert name not in {"TRUE", "FALSE", "NULL"}
    bare = name.removeprefix("X-").lower()
    assert bare == code


@pytest.mark.parametrize(
    ("code", "name"),
    [("true", "X-TRUE"), ("null", "X-NULL"), ("x-true", "X-X-TRUE"), ("155mm", "X-155MM"), ("x-155mm", "X-X-155MM")],
)
def test_items_that_beancount_would_not_take_stand_behind_a_mark(code, name):
    assert beancount_commodity(item(code)) == name


@pytest.mark.parametrize("code", ["GBP", "JPY", "KWD"])
def test_a_currency_is_its_code(code):
    assert hledger_commodity(currency(code)) == beancount_commodity(currency(code)) == code
