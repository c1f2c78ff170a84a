"""Selections that select nothing by their own words are refused."""

from cli.options import Place, Where
from cli.session import Session
from cli.typed import selection
from ledger.errors import InputError
from tests.world import refused


def test_a_span_that_ends_before_it_begins_is_refused():
    with refused(InputError, "--until 2025-02-01 is before --from 2025-02-02: nothing can lie between them"):
        selection(Where(since="2025-02-02", until="2025-02-01"), Session(Place()))
