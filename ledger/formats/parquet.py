"""Parquet files (Apache Parquet, format 2.6): the book in columns, for DuckDB, Spark and their like, by pyarrow.

Amounts are exact decimals, and beside them whole minor units. Rows are written in groups, so that a million need no
more memory than one group. The same rows give the same bytes, as long as pyarrow is the same.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ledger.errors import Refusal
from ledger.message import message

if TYPE_CHECKING:
    import pyarrow as pa

GROUP, PAGE = 50_000, 5_000
"""The rows of one row group, and how many of them are turned into columns at a time."""

DIGITS, RATE_DIGITS = 4, 18
"""Decimals of amounts, the most that ISO 4217 gives a currency, and of rates."""

Row = Sequence[object]

_REGISTER = {
    "book": "code",
    "entry": "integer",
    "line": "integer",
    "on": "day",
    "recorded_at": "moment",
    "kind": "code",
    "pledge": "code",
    "donor": "code",
    "recipient": "code",
    "purpose": "code",
    "instrument": "code",
    "source": "code",
    "stage": "code",
    "commodity": "code",
    "debit": "amount",
    "credit": "amount",
    "amount": "amount",
    "minor_units": "integer",
    "digits": "digits",
    "title": "code",
    "note": "code",
    "citation_url": "code",
    "citation_quote": "code",
    "reverses": "integer",
    "origin": "text",
}
_ENTRIES = {
    "book": "code",
    "entry": "integer",
    "on": "day",
    "recorded_at": "moment",
    "recorded_by": "code",
    "kind": "code",
    "pledge": "code",
    "postings": "integer",
    "facts": "text",
    "citations": "citations",
    "note": "code",
    "origin": "text",
    "reverses": "integer",
    "line": "text",
    "leaf_hash": "text",
}
_PLEDGES = {
    "book": "code",
    "pledge": "text",
    "donor": "code",
    "recipient": "code",
    "on": "day",
    "purpose": "code",
    "instrument": "code",
    "source": "code",
    "title": "text",
    "lender": "code",
    "obligor": "code",
    "repayment_source": "code",
    "parent": "code",
    "package": "code",
    "max_exposure": "money",
    "stated": "moneys",
    "schedule": "instalments",
    "terms": "terms",
    "holds": "holds",
    "entry": "integer",
    "withdrawn_by": "integer",
}
_RATES = {
    "book": "code",
    "source": "code",
    "kind": "code",
    "base": "code",
    "quote": "code",
    "since": "day",
    "until": "day",
    "rate": "rate",
    "published": "text",
    "sha256": "code",
    "retrieved_at": "moment",
}
LAYOUTS: Mapping[str, Mapping[str, str]] = {
    "entries": _ENTRIES,
    "postings": _REGISTER,
    "pledges": _PLEDGES,
    "rates": _RATES,
}
"""The columns of each file, in order, with what kind of value each holds: a promise to the programs that read it.

``code`` is text that comes again and again; a ``money`` is a structure of amount and commodity.
"""

FILES = tuple(f"{name}.parquet" for name in LAYOUTS)


def require_pyarrow() -> Any:  # noqa: ANN401 - a module
    """The library, loaded. Raises :class:`~ledger.errors.Refusal` where the extra is not installed."""
    try:
        import pyarrow as pa  # noqa: PLC0415 - 100 ms that only this export pays, and an extra
    except ImportError:
        raise Refusal(
            "Parquet files need the extra 'parquet': pip install 'aidledger[parquet]'",
            hint=message("export csv needs nothing more"),
        ) from None
    return pa


def write(path: Path, name: str, rows: Iterable[Row], about: Mapping[str, str]) -> int:
    """Write the rows of one of the :data:`LAYOUTS` as a file, and say how many there were.

    ``about`` is kept in the file's key-value metadata. Days and moments are text (ISO 8601, moments in UTC) or dates.
    """
    require_pyarrow()
    from pyarrow import parquet  # noqa: PLC0415 - as above

    schema = _schema(LAYOUTS[name]).with_metadata(about)
    codes = [column for column, kind in LAYOUTS[name].items() if kind == "code"]
    count = 0
    with parquet.ParquetWriter(
        path, schema, version="2.6", compression="zstd", use_dictionary=codes, write_page_index=False
    ) as writer:
        remaining = iter(rows)
        while len(group := _group(remaining, schema)):
            writer.write_table(group, row_group_size=GROUP)
            count += len(group)
    return count


def _group(rows: Iterator[Row], schema: pa.Schema) -> pa.Table:
    """The next rows as columns: in pages, since rows take ten times the memory."""
    pages = (list(islice(rows, min(PAGE, GROUP - begun))) for begun in range(0, GROUP, PAGE))
    return require_pyarrow().Table.from_batches([_batch(page, schema) for page in pages if page], schema)


def _schema(layout: Mapping[str, str]) -> pa.Schema:
    kinds = _kinds()
    return require_pyarrow().schema([(name, kinds[kind]) for name, kind in layout.items()])


def _kinds() -> Mapping[str, pa.DataType]:
    """What each kind of value is in a file."""
    pa = require_pyarrow()
    text, integer, day, amount = pa.string(), pa.int64(), pa.date32(), pa.decimal128(38, DIGITS)
    money = pa.struct({"amount": amount, "commodity": text})
    cited = dict.fromkeys(("url", "title", "publisher", "published", "retrieved", "quote"), text)
    of_terms = {"interest": text, "grace": integer, "maturity": integer, "payments": integer, "repayment": text}
    return {
        "code": text,
        "text": text,
        "integer": integer,
        "digits": pa.int8(),
        "day": day,
        "moment": pa.timestamp("us", tz="UTC"),
        "amount": amount,
        "rate": pa.decimal128(38, RATE_DIGITS),
        "money": money,
        "moneys": pa.list_(money),
        "instalments": pa.list_(pa.struct({"on": day, "amount": amount, "commodity": text})),
        "terms": pa.struct(of_terms),
        "holds": pa.list_(pa.struct({"commodity": text, "firmness": text, "firm": amount})),
        "citations": pa.list_(pa.struct({**cited, "official": pa.bool_(), "file": text, "sha256": text})),
    }


def _batch(rows: Sequence[Row], schema: pa.Schema) -> pa.RecordBatch:
    columns = zip(*rows, strict=True)
    arrays = [_array(values, field.type) for values, field in zip(columns, schema, strict=True)]
    return require_pyarrow().record_batch(arrays, schema=schema)


def _array(values: Sequence[object], kind: pa.DataType) -> pa.Array:
    """The values of a column; days and moments may be the text that they are in the book."""
    pa = require_pyarrow()
    temporal = pa.types.is_date(kind) or pa.types.is_timestamp(kind)
    as_text = temporal and any(isinstance(value, str) for value in values)
    return pa.array(values, pa.string()).cast(kind) if as_text else pa.array(values, kind)
