"""The answer to a shell: what it may offer for the word at the cursor."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from cli.completion.line import Cursor, cursor, verbs
from cli.completion.offer import Offer, Offers
from cli.completion.shells import SHELLS
from cli.completion.values import paths, values
from cli.language import said, speaking
from cli.lazy import root
from ledger.message import message

Nouns = Mapping[str, tuple[str, str]]


def answer(shell: str, args: Sequence[str], environ: Mapping[str, str], nouns: Nouns) -> str:
    """What is printed for a shell that hands in these arguments: see its script in :mod:`cli.completion.shells`."""
    if shell not in SHELLS:
        return ""
    asking = SHELLS[shell](args, environ)
    with speaking(asking.words, environ):
        return asking.answer(offers(cursor(root(nouns), asking.words), environ))


def offers(at: Cursor, environ: Mapping[str, str]) -> Offers:
    """What may stand at the cursor."""
    if at.awaited == "value":
        return Offers(tuple(values(at, environ)), paths(at), at.lead)
    found = {"verb": _verbs, "option": _options}.get(at.awaited)
    return Offers(tuple(each for each in found(at) if each.word.startswith(at.word)) if found else ())


def _verbs(at: Cursor) -> Iterator[Offer]:
    return (Offer(verb, _briefly(at.command.about(verb))) for verb in verbs(at.command))


def _options(at: Cursor) -> Iterator[Offer]:
    """The options that are not given yet, and those that may be given again; without the short forms."""
    for param in at.options:
        if param.multiple or not any(name in at.given for name in (*param.opts, *param.secondary_opts)):
            names = (*param.opts, *param.secondary_opts)
            yield from (Offer(name, _briefly(param.help)) for name in names if name.startswith("--"))


def _briefly(help_: str | None) -> str:
    """The first sentence of a command's or an option's help, in the user's language."""
    return re.sub(r"\.(\s.*)?$", "", said(message(help_)), count=1, flags=re.DOTALL) if help_ else ""
