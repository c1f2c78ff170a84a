"""Assembled: one file, ``verify.py``, put together from the rooms of this folder.

What a room imports from another is left out, since all stand in one file; what it imports from the standard library
goes to the top. No two rooms have a name in common.

Nothing of the folder that the file is in may run before it was checked: even ``__future__`` would be imported from
there, so that the file does without it, and Python 3.9 evaluates every annotation of a room.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from importlib.resources import files

ROOMS = (
    "words",
    "ed25519",
    "merkle",
    "signatures",
    "heads",
    "amounts",
    "entries",
    "options",
    "replay",
    "package",
    "details",
    "balances",
    "listings",
    "comparison",
    "tables",
    "hashes",
    "examination",
    "inclusion",
    "main",
)
"""In the order of the file: each needs only those before it."""

_OURS = "ledger.formats.verifier."

_BEGINNING = '''\
#!/usr/bin/env python3
"""Check an auditor's package of a ledger of aid pledges: one file, Python 3.9 or later, nothing else.

    python3 -I verify.py                       the package this file is in
    python3 -I verify.py FOLDER                another one
    python3 -I verify.py --key KEY             and its signer is the one you were told of (NAME+ID+KEY, or SHA256:...)
    python3 -I verify.py --since CHECKPOINT    and its journal continues a checkpoint that you kept yourself
    python3 -I verify.py FILE.tlog-proof       one entry, FILE.json, without the rest of the journal; of a folder with
                                               proofs and no package, each of them

-I has Python take no file of the folder for a module of its own, nor anything that the environment names.

It ends with 0 where all is well, 1 with a line FAILED for each problem, 2 where the call is wrong or the system
refuses, 141 where nobody reads on.

What it does: it reads journal.jsonl and finds each line canonical (RFC 8785), numbered without a gap and balanced,
each reversal the opposite of its entry, each pledge opened once and each origin there once;
computes the root of the tree over them (RFC 9162) and compares it with the checkpoint, and with an earlier one;
computes every row of every CSV from those lines, and the worth of each amount from the rates of fx_rates.csv, and
compares them byte by byte; compares the hashes of all files with SHA256SUMS and datapackage.json; and verifies the
signatures (Ed25519, RFC 8032) of SHA256SUMS (SSHSIG) and of the checkpoint (C2SP signed-note).

What it cannot do: say whether a published rate in fx_rates.csv is the one that was published, whether what was
recorded is true, or whether the key is the one of who it should be. A package whose every file was made anew and
signed by another key agrees with itself: compare the fingerprint. And a changed verify.py says what it likes:
take one from somewhere else.
"""
'''

_NEEDS = """
import sys  # built in, as no other module is: what is imported next may be a file that was put beside this one

if __name__ == "__main__" and not (sys.flags.isolated or getattr(sys.flags, "safe_path", False)):
    del sys.path[0]  # the folder that is to be checked
if sys.version_info < (3, 9):
    sys.stderr.write("error: verify.py needs Python 3.9 or later\\n")
    sys.exit(2)

"""

_END = """

if __name__ == "__main__":
    sys.exit(main())
"""


@cache
def text() -> str:
    """The text of ``verify.py``: the same for the same version of this program."""
    imports: dict[str, set[str]] = {}
    parts = [_part(room, imports) for room in ROOMS]
    return "".join([_BEGINNING, _NEEDS, *_written(imports), *parts, _END])


def _part(room: str, imports: dict[str, set[str]]) -> str:
    """A room without its imports, its docstring as a comment; what it imports is added to ``imports``."""
    source = files(__package__).joinpath(f"{room}.py").read_text(encoding="utf-8")
    tree = ast.parse(source)
    last = 0
    for node in tree.body:
        if isinstance(node, ast.Import | ast.ImportFrom):
            _add(node, imports)
            last = node.end_lineno or 0
    about = "\n".join(f"# {line}".rstrip() for line in (ast.get_docstring(tree) or "").splitlines())
    body = "\n".join(source.splitlines()[last:]).strip("\n")
    return f"\n\n{'#' * 120}\n{about}\n\n\n{body}\n"


def _add(node: ast.Import | ast.ImportFrom, imports: dict[str, set[str]]) -> None:
    if isinstance(node, ast.Import):
        for alias in node.names:
            imports.setdefault(alias.name, set())
    elif node.module != "__future__" and not str(node.module).startswith(_OURS):
        imports.setdefault(f"from {node.module}", set()).update(alias.name for alias in node.names)


def _written(imports: dict[str, set[str]]) -> Iterator[str]:
    for module in sorted(imports.keys() - {"sys"}, key=lambda each: (each.startswith("from "), each)):
        names = imports[module]
        yield f"{module} import {', '.join(sorted(names))}\n" if names else f"import {module}\n"
