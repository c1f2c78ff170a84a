"""Identifiers of activities: of whoever reports and the pledge, kept where they were published, never the same."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.formats.iati.written.identifier import identifier, organisation


def test_a_pledge_that_was_imported_keeps_its_identifier():
    assert identifier("XI-IATI-EC_INTPA-2021/429-054", "iati:XI-IATI-EC_INTPA-2021/429-054", "XA-TEST") == (
        "XI-IATI-EC_INTPA-2021/429-054"
    )
    assert identifier("XA-1:UA", "iati:XA-1:UA", "XA-TEST") == "XA-1-UA-bbfe2d01"
    assert identifier("GB-2025-0001", "kiel-r7:UKM1", "XA-TEST") == "XA-TEST-GB-2025-0001"


@given(st.text(min_size=1, max_size=20), st.text(min_size=1, max_size=20))
def test_two_pledges_never_have_one_identifier(one, other):
    names = {identifier(one, None, "XA"), identifier(other, None, "XA")}
    assert len(names) == len({one, other})
    assert all(re.fullmatch(r"XA-[A-Za-z0-9._-]+", name) for name in names)


@pytest.mark.parametrize(("code", "ref"), [("GB", None), ("EU", None), ("GB-GOV-1", "GB-GOV-1"), ("Fund-7.b", None)])
def test_only_a_registered_identifier_is_one(code, ref):
    assert organisation(code) == ref
