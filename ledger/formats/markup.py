"""Markup: templates of what is written as XML or HTML, in which data is text and never markup."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from jinja2 import Template

_CONTROLS = dict.fromkeys((*range(0x20), *range(0x7F, 0xA0), 0xFFFE, 0xFFFF), "\ufffd")
_SPACES = dict.fromkeys((0x09, 0x0A, 0x0D), " ")


@cache
def template(package: str, name: str) -> Template:
    """The template of this name beside the modules of a package: what is put into it is escaped."""
    from jinja2 import Environment, PackageLoader, StrictUndefined  # noqa: PLC0415 - 60 ms that only drawings pay

    environment = Environment(
        loader=PackageLoader(package, "."),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=_printable,
    )
    return environment.get_template(name)


def _printable(value: object) -> object:
    """What XML can hold: controls become U+FFFD, line breaks spaces."""
    plain = isinstance(value, str) and not hasattr(value, "__html__")
    return str(value).translate(_CONTROLS | _SPACES) if plain else value
