"""What pybabel collects: every sentence that the program says to people.

Babel's own extractor knows functions; ours knows errors and a command's docstring as well, which is its help.
Named in ``pyproject.toml``; CONTRIBUTING.md has the commands.
"""

from __future__ import annotations

import ast
import inspect
from collections.abc import Collection, Iterator, Mapping
from typing import BinaryIO, NamedTuple

MESSAGES = {"message", "noun"}
"""Functions whose first argument is a sentence."""
PLURAL = "counted"


class Found(NamedTuple):
    """A sentence, as Babel takes it: line, ``ngettext`` for one with two forms, the forms, comments."""

    line: int
    function: str | None
    messages: str | tuple[str, str]
    comments: list[str]


def extract(
    file: BinaryIO,
    _keywords: Collection[str],
    _tags: Collection[str],
    options: Mapping[str, object],  # noqa: ARG001 - Babel names it
) -> Iterator[Found]:
    """The sentences of a module: of messages, of errors, and the help of commands."""
    for node in ast.walk(ast.parse(file.read())):
        if isinstance(node, ast.Call):
            yield from _called(node)
        elif isinstance(node, ast.FunctionDef) and _is_command(node):
            yield Found(node.lineno, None, inspect.cleandoc(ast.get_docstring(node) or ""), [])


def _called(call: ast.Call) -> Iterator[Found]:
    name = call.func.id if isinstance(call.func, ast.Name) else ""
    texts = [arg.value for arg in call.args if isinstance(arg, ast.Constant) and isinstance(arg.value, str)]
    if name == PLURAL and len(texts) > 1:
        yield Found(call.lineno, "ngettext", (texts[0], texts[1]), [])
    elif (name in MESSAGES or _is_error(name)) and texts and texts[0] == getattr(call.args[0], "value", None):
        yield Found(call.lineno, None, texts[0], [])


def _is_error(name: str) -> bool:
    """Whether this is one of the ledger's errors, which are made of a template."""
    from ledger import errors  # noqa: PLC0415 - the project itself, which building a wheel does not have

    kind = getattr(errors, name, None)
    return isinstance(kind, type) and issubclass(kind, errors.LedgerError)


def _is_command(function: ast.FunctionDef) -> bool:
    """Whether this is a command: its docstring is its help."""
    return any(isinstance(node, ast.Name) and node.id == "takes" for node in function.decorator_list) and bool(
        ast.get_docstring(function)
    )
