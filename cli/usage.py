"""Wrong calls: what Typer found wrong with a command line, as sentences of ours, which begin and end as ours do.

Typer tells its findings apart by class; those it raises as a plain ``UsageError`` only by their English sentence.
What is not known here stays in Typer's words.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from ledger.message import Message, either, message


def sentence(error: Any) -> str:  # noqa: ANN401 - an exception of whichever Click Typer carries
    """What is wrong with the call: lower case, no full stop, with what may have been meant."""
    known = _BY_CLASS.get(type(error).__name__)
    return (known and known(error)) or _in_typers_words(error)


def way_out(error: Any, path: str) -> str:  # noqa: ANN401
    """Where the help of a command is, and what is forgotten most often."""
    if _EXTRA.fullmatch(error.message):
        return message('what has spaces needs quotes, as in "1.6bn GBP"; {path} --help', path=path)
    return f"{path} --help"


def _in_typers_words(error: Any) -> str:  # noqa: ANN401
    text = str(error.format_message())
    return text[:1].lower() + text[1:].removesuffix(".")


def _missing(error: Any) -> Message | None:  # noqa: ANN401
    if error.param is None or error.message:
        return None
    name = error.param.get_error_hint()
    if error.param.param_type_name == "argument":
        return message("missing argument {argument}", argument=name)
    return message("missing option {option}", option=name)


def _no_such_option(error: Any) -> Message:  # noqa: ANN401
    option = error.message.removeprefix("No such option: ")
    if likely := sorted(error.possibilities or ()):
        return message("no such option: {option}. Did you mean {likely}?", option=option, likely=either(likely))
    return message("no such option: {option}", option=option)


def _badly_used(error: Any) -> Message | None:  # noqa: ANN401
    option = repr(error.option_name)
    if error.message.endswith(" requires an argument."):
        return message("option {option} requires an argument", option=option)
    if error.message.endswith(" does not take a value."):
        return message("option {option} does not take a value", option=option)
    return None


def _bad_value(error: Any) -> Message | None:  # noqa: ANN401
    if error.param is None or error.param_hint is not None:
        return None
    reason = error.message.removesuffix(".")
    return message("invalid value for {parameter}: {reason}", parameter=error.param.get_error_hint(), reason=reason)


_EXTRA = re.compile(r"Got unexpected extra argument\(s\) \((.*)\)", re.DOTALL)
_NO_SUCH_COMMAND = re.compile(r"No such command (.+?)(?:\. Did you mean (.+)\?|\.)", re.DOTALL)


def _plainly_wrong(error: Any) -> Message | None:  # noqa: ANN401
    if extra := _EXTRA.fullmatch(error.message):
        return message("got unexpected extra argument(s) ({arguments})", arguments=extra[1])
    if unknown := _NO_SUCH_COMMAND.fullmatch(error.message):
        command, likely = unknown.groups()
        if likely:
            return message("no such command {command}. Did you mean {likely}?", command=command, likely=likely)
        return message("no such command {command}", command=command)
    return message("missing command") if error.message == "Missing command." else None


_BY_CLASS: Mapping[str, Callable[[Any], Message | None]] = {
    "MissingParameter": _missing,
    "NoSuchOption": _no_such_option,
    "BadOptionUsage": _badly_used,
    "BadParameter": _bad_value,
    "UsageError": _plainly_wrong,
}
"""By the name of Typer's class, which only its vendored Click has: what it found, None where that is not known."""
