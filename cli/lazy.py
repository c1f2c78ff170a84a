"""Nouns that are imported when they are named: why ``aidledger --help`` takes little longer than Typer itself.

The root shows a stub for each noun, which holds its line in the help. Only when a
noun is called, or completed, is its module imported and the stub replaced.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Iterator, Mapping, Sequence
from importlib import import_module
from typing import Annotated, Any, ClassVar

import typer
from typer.core import TyperCommand, TyperGroup

from ledger.message import message

HELP = ["--help", "-h"]
BOOK = typer.Option(
    "--book",
    metavar="PATH|URL",
    envvar="AIDLEDGER_BOOK",
    help=message(
        "The book's file. Where another process holds it, AIDLEDGER_PATIENCE says how many seconds to wait (60)."
    ),
)
LOCALE = typer.Option(
    "--locale",
    metavar="LOCALE",
    envvar="AIDLEDGER_LOCALE",
    help=message("How figures are read and shown, as in de or en_GB."),
)
"""What may stand before the command as well as after it: see :class:`cli.options.Place`."""


def noun(about: str) -> typer.Typer:
    """An empty group for a noun's commands: plain help, shown as well when no command is named."""
    return typer.Typer(help=about, rich_markup_mode=None, no_args_is_help=True, add_completion=False)


def root(nouns: Mapping[str, tuple[str, str]]) -> Any:  # noqa: ANN401 - a Click command, of whichever Click Typer carries
    """The command ``aidledger``, with a stub for each noun: ``name: (module:attribute, line in the help)``."""
    app = typer.Typer(
        cls=type("Nouns", (_Nouns,), {"nouns": nouns}),
        rich_markup_mode=None,
        no_args_is_help=True,
        context_settings={"help_option_names": HELP, "max_content_width": 100},
    )
    app.callback()(_aidledger)
    return _plain(typer.main.get_command(app))


def _version(asked: bool) -> None:
    if asked:
        from importlib.metadata import PackageNotFoundError, version  # 20 ms that only this option pays

        try:
            number = version("aidledger")
        except PackageNotFoundError:
            number = "(run from its source, not installed)"
        typer.echo(f"aidledger {number}")
        raise typer.Exit


def _aidledger(
    book: Annotated[str | None, BOOK] = None,  # both are read by the command that follows
    locale: Annotated[str | None, LOCALE] = None,
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help=message("Show the version and exit."))
    ] = False,
) -> None:
    """A double-entry ledger of aid pledges.

    More: aidledger pledge --help, aidledger pledge add --help.
    """


class _Nouns(TyperGroup):
    """The root group: it knows every noun's name and help, and imports the one that is called."""

    nouns: ClassVar[Mapping[str, tuple[str, str]]] = {}

    def __init__(self, **settings: Any) -> None:  # noqa: ANN401 - Typer's own
        super().__init__(**settings)
        for name, (_, about) in self.nouns.items():
            self.add_command(TyperCommand(name, help=about, short_help=about, rich_markup_mode=None))

    def resolve_command(self, ctx: Any, args: list[str]) -> tuple[str | None, Any, list[str]]:  # noqa: ANN401
        """Find the noun by its stub, with Typer's suggestions where there is none, and import it."""
        name, found, rest = super().resolve_command(ctx, args)
        if name and name in self.nouns:
            found = _load(name, self.nouns[name][0])
        return name, found, rest


def _load(name: str, where: str) -> Any:  # noqa: ANN401
    """Import ``module:attribute``: a group (Typer) or a single command (a function)."""
    module, _, attribute = where.partition(":")
    found = getattr(import_module(module), attribute)
    return _plain(_Verbs(name, found)) if isinstance(found, typer.Typer) else _command(name, found)


def _command(name: str, function: Callable[..., object]) -> Any:  # noqa: ANN401
    """Typer's command of a function."""
    app = typer.Typer(rich_markup_mode=None, add_completion=False)
    app.command(name, cls=_Command)(function)
    return _plain(typer.main.get_command(app))


class _Command(TyperCommand):
    """A command of which some options may be left without their value: those whose metavar is in brackets."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:  # noqa: ANN401 - Typer's own
        """Read the words, with ``-`` in place of each value that was left out."""
        bracketed = (param.opts for param in self.params if str(param.metavar).startswith("["))
        optional = {word for words in bracketed for word in words if word.startswith("--")}
        return super().parse_args(ctx, list(_spelled_out(args, optional)))


def _spelled_out(args: Sequence[str], optional: Container[str]) -> Iterator[str]:
    """The words of a command line in which every option has its value: ``-`` where the next word is an option.

    >>> list(_spelled_out(["--chart", "--in", "EUR", "--chart"], {"--chart"}))
    ['--chart', '-', '--in', 'EUR', '--chart', '-']
    """
    for word, following in zip(args, [*args[1:], "--"], strict=False):
        yield word
        if word in optional and following.startswith("-") and following != "-":
            yield "-"


class _Verbs(TyperGroup):
    """A noun's group: each command is made when it is named or listed, for Typer takes 2 ms to make one."""

    def __init__(self, name: str, app: typer.Typer) -> None:
        about = str(app.info.help)
        super().__init__(name=name, help=about, short_help=about, rich_markup_mode=None, no_args_is_help=True)
        self._functions = {str(info.name): info.callback for info in app.registered_commands}
        self.commands: Any = dict.fromkeys(self._functions)  # among these, what may have been meant is looked for

    def get_command(self, ctx: Any, cmd_name: str) -> Any:  # noqa: ANN401, ARG002 - Typer's own
        """The command with this name, None where there is none."""
        function = self._functions.get(cmd_name)
        return function and _command(cmd_name, function)


def _plain(command: Any) -> Any:  # noqa: ANN401
    """The command with its text taken as it stands, which spares the import of pydantic (100 ms)."""
    for param in command.get_params(typer.Context(command, help_option_names=HELP)):  # which makes --help as well
        if getattr(param, "_runtime_param", ...) is None:
            param._runtime_param = _AsItStands()  # noqa: SLF001 - Typer 0.29 has no other door
    return command


class _AsItStands:
    """What Typer does to a value, without pydantic where there is nothing to do: text stays text.

    Whatever is not text is handed to Typer's own conversion.
    """

    def coerce(self, value: Any, param: Any, ctx: Any) -> Any:  # noqa: ANN401
        if value is None:
            return () if param.multiple or param.nargs == -1 else None
        kind = param.type_descriptor
        if kind.parameter_info.parser is None and kind.annotation in (str, list[str]):
            return value
        param._runtime_param = None  # noqa: SLF001
        return param.get_runtime_param().coerce(value, param=param, ctx=ctx)
