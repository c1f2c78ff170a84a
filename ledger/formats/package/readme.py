"""README.txt: what a package is, how it is checked, and how its files are opened so that nothing is lost."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ledger.formats.package import sums
from ledger.formats.package.about import About, root_text
from ledger.formats.package.layouts import ABOUT

NAME = "README.txt"

_CHECKING = """\
    python3 -I verify.py

verify.py needs Python 3.9 or later and nothing else; -I keeps Python from taking a file of this folder for one of
its own. It computes every table of this folder anew from journal.jsonl and fx_rates.csv, and says which line and
column of which file is not what it should be. Read it before you trust it, or write your own: the formats are in
the project's docs/package.md.
"""

_SIGNED = """\
Compare the fingerprint above with the one that the keeper of the book told you by another way: by telephone,
on paper, on a site of their own. verify.py does so, and fails where it is another, with

    python3 -I verify.py --key {fingerprint}

The same with programs that have nothing to do with this ledger:

    sha256sum -c {sums}
    ssh-keygen -Y verify -f {signers} -I {signer} -n file -s {signature} < {sums}
    frictionless validate datapackage.json          (pip install frictionless)
"""

_UNSIGNED = """\
Nobody signed this package: it may agree with itself and be anybody's.

The same with programs that have nothing to do with this ledger:

    sha256sum -c {sums}
    frictionless validate datapackage.json          (pip install frictionless)
"""

_SINCE = """\
consistency.txt proves that this ledger begins with the {size} entries of an earlier checkpoint. With a copy of
that, or of any other one, that you kept yourself:

    python3 -I verify.py --since YOUR-COPY
"""

_OPENING = """\
Every CSV is UTF-8 without a mark, separated by commas, quoted with ", its lines end in CRLF (RFC 4180). An empty
cell is absent. Read every cell as text: leading zeros count (Period 03), amounts may have more than the 15 digits
that a spreadsheet keeps, and NA is Namibia, not a missing value.

Python       csv.DictReader(open("gl_detail.csv", encoding="utf-8", newline=""))
pandas       pandas.read_csv("gl_detail.csv", dtype=str, keep_default_na=False)
DuckDB       SELECT * FROM read_csv('gl_detail.csv', all_varchar = true)
R            read.csv("gl_detail.csv", colClasses = "character", na.strings = character(0), encoding = "UTF-8")
Excel        Data > From Text/CSV, file origin 65001: Unicode (UTF-8), Transform Data, each column as Text.
             Never by a double click: that drops zeros and digits, and runs what looks like a formula.
LibreOffice  File > Open: character set Unicode (UTF-8), separated by comma, string delimiter ", no detection of
             special numbers; mark every column and set its type to Text.
"""

_GUARDED = """\
NAME.excel.csv is NAME.csv with an apostrophe in front of each text that begins with = + - @, a tab, a line end,
NUL, a full-width form of these, or an apostrophe, so that no spreadsheet runs it. Take one leading apostrophe
away from a text, and it is what stands in NAME.csv. Numbers and days are as they were.
"""

_FILES = {
    **ABOUT,
    "journal.jsonl": "the journal itself: a line for each entry (RFC 8785), the leaves of the tree (RFC 9162)",
    "checkpoint": "the head of that tree, signed (C2SP tlog-checkpoint)",
    "consistency.txt": "the proof that this ledger continues an earlier one, and that one's checkpoint",
    "datapackage.json": "columns, types, keys, sizes and hashes of every CSV (Data Package v2)",
    "verify.py": "the program that checks all of it",
    NAME: "this file",
    sums.NAME: "the SHA-256 of every other file",
    sums.SIGNATURE: "its signature (SSHSIG, namespace file)",
    sums.SIGNERS: "whose signature that is, as ssh-keygen reads it",
}
"""What each file is, in the order in which a reader wants them."""


def text(about: About, names: Iterable[str]) -> str:
    """The whole file, for a package of these files: plain text, the same for the same package."""
    return "\n".join([*_head(about), *_checking(about), *_opening(about), *_contents(about, {NAME, *names})])


def _head(about: About) -> Iterator[str]:
    signer, since = about.signer, about.since
    yield _heading("The auditor's package of a ledger of aid pledges")
    yield f"book         {about.head.origin}"
    yield f"entries      {about.head.size}, all that the book had"
    yield f"root         {root_text(about.head)}"
    yield f"signed by    {signer.name}, {signer.fingerprint}" if signer else "signed by    nobody"
    yield f"period       {about.period or 'the whole book'}"
    if since:
        yield f"since        the checkpoint of {since.size} entries, root {root_text(since)}"
    yield f"reporting    {about.reporting}\n"


def _checking(about: About) -> Iterator[str]:
    yield _heading("How to check it")
    yield _CHECKING
    said = {"sums": sums.NAME, "signature": sums.SIGNATURE, "signers": sums.SIGNERS}
    if about.signer:
        yield _SIGNED.format(**said, fingerprint=about.signer.fingerprint, signer=about.signer.name)
    else:
        yield _UNSIGNED.format(**said)
    if about.since:
        yield _SINCE.format(size=about.since.size)


def _opening(about: About) -> Iterator[str]:
    yield _heading("How to open it so that nothing is lost")
    yield _OPENING
    if about.spreadsheet_safe:
        yield _GUARDED


def _contents(about: About, names: set[str]) -> Iterator[str]:
    yield _heading("What is in it")
    signed = {sums.SIGNATURE, sums.SIGNERS} if about.signer else set()
    there = names | {sums.NAME} | signed
    width = max(map(len, _FILES))
    for name, what in _FILES.items():
        if name in there:
            yield f"{name.ljust(width)}  {what}"
    yield ""


def _heading(words: str) -> str:
    return f"{words}\n{'=' * len(words)}\n"
