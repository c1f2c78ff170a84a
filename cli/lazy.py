"""Nouns that are imported when they are named: why ``aidledger --help`` takes little longer than Typer itself.

The root shows a stub for each noun, which holds its line in the help. Only when a
noun is called, or completed, is its module imported and the stub replaced.
"""

from __future__ import annotations

import inspect
import sys
from collections.abc import Callable, Container, Iterator, Mapping, Sequence
from importlib import import_module
from typing import Annotated, Any, ClassVar, TypeVar

import typer
from typer.core import TyperCommand, TyperGroup

from cli.language import foreign, said
from ledger.message import message

Command = TypeVar("Command", bound=Callable[..., object])

_ONCE = ("--attach", "--cite", "--quote")
"""Options of which an entry takes one."""

HELP = ["--help", "-h"]
ABOUT = message("A double-entry ledger of aid pledges.\n\nMore: aidledger pledge --help, aidledger pledge add --help.")
BOOK = typer.Option(
    "--book",
    metavar="PATH|URL",
    envvar="AIDLEDGER_BOOK",
    help=message(
        "The book's file, or postgresql://USER@HOST/DATABASE?book=NAME. Where another process holds it,"
        " AIDLEDGER_PATIENCE says how many seconds to wait (60)."
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


def talks(where: str) -> Callable[[Command], Command]:
    """Have a command that is called without a word, on a terminal, ask for what it needs.

    ``where`` names the conversation, ``module:attribute``: a command that takes nothing but its place.
    """

    def named(command: Command) -> Command:
        command.conversation = where  # type: ignore[attr-defined] # read by _Verbs
        return command

    return named


def root(nouns: Mapping[str, tuple[str, str]]) -> Any:  # noqa: ANN401 - a Click command, of whichever Click Typer carries
    """The command ``aidledger``, with a stub for each noun: ``name: (module:attribute, line in the help)``."""
    app = typer.Typer(
        cls=type("Nouns", (_Nouns,), {"nouns": nouns}),
        help=ABOUT,
        rich_markup_mode=None,
        no_args_is_help=True,
        add_completion=False,  # cli.completion has its own
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
            number = said(message("(run from its source, not installed)"))
        typer.echo(f"aidledger {number}")
        raise typer.Exit


def _aidledger(
    book: Annotated[str | None, BOOK] = None,  # both are read by the command that follows
    locale: Annotated[str | None, LOCALE] = None,
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help=message("Show the version and exit."))
    ] = False,
) -> None:
    """What may stand before a noun; the commands read it."""


class _Nouns(TyperGroup):
    """The root group: it knows every noun's name and help, and imports the one that is called."""

    nouns: ClassVar[Mapping[str, tuple[str, str]]] = {}

    def __init__(self, **settings: Any) -> None:  # noqa: ANN401 - Typer's own
        super().__init__(**settings)
        for name, (_, about) in self.nouns.items():
            self.add_command(TyperCommand(name, help=said(about), short_help=said(about), rich_markup_mode=None))
        self._loaded: dict[str, Any] = {}

    def resolve_command(self, ctx: Any, args: list[str]) -> tuple[str | None, Any, list[str]]:  # noqa: ANN401
        """Find the noun by its stub, with Typer's suggestions where there is none, and import it."""
        name, found, rest = super().resolve_command(ctx, args)
        if name and name in self.nouns:
            found = self._loaded[name] = self._loaded.get(name) or _load(name, self.nouns[name][0])
        return name, found, rest

    def about(self, name: str) -> str:
        """A noun's line in the help."""
        return self.nouns[name][1]


def _load(name: str, where: str) -> Any:  # noqa: ANN401
    """Import ``module:attribute``: a group (Typer) or a single command (a function)."""
    found = _named(where)
    return _plain(_Verbs(name, found)) if isinstance(found, typer.Typer) else _command(name, found)


def _named(where: str) -> Any:  # noqa: ANN401
    """What ``module:attribute`` names."""
    module, _, attribute = where.partition(":")
    return getattr(import_module(module), attribute)


def _command(name: str, function: Callable[..., object]) -> Any:  # noqa: ANN401
    """Typer's command of a function."""
    app = typer.Typer(rich_markup_mode=None, add_completion=False)
    app.command(name, cls=_Command)(function)
    return _plain(typer.main.get_command(app))


class _Command(TyperCommand):
    """A command of which some options may be left without their value: those whose metavar is in brackets."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:  # noqa: ANN401 - Typer's own
        """Read the words, with ``-`` in place of each value that was left out."""
        _refuse_lost(args)
        bracketed = (param.opts for param in self.params if str(param.metavar).startswith("["))
        optional = {word for words in bracketed for word in words if word.startswith("--")}
        return super().parse_args(ctx, list(_spelled_out(args, optional)))


def _refuse_lost(args: Sequence[str]) -> None:
    """Refuse evidence that would be lost: of an option given twice, the last one counts, and an entry is for ever."""
    from ledger.errors import InputError

    typed = [word.partition("=")[0] for word in (args[: args.index("--")] if "--" in args else args)]
    for option in _ONCE:
        if typed.count(option) > 1:
            raise InputError("{option} is given twice: an entry takes one", option=option)
    if "--official" in typed and "--press" in typed:
        raise InputError("--official and --press are opposites: leave one of the two out")


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
        if function and self.commands[cmd_name] is None:
            self.commands[cmd_name] = _command(cmd_name, function)
        return self.commands.get(cmd_name)

    def about(self, name: str) -> str:
        """The help of a command, which need not be made for it."""
        return inspect.cleandoc(self._functions[name].__doc__ or "")

    def resolve_command(self, ctx: Any, args: list[str]) -> tuple[str | None, Any, list[str]]:  # noqa: ANN401
        """Find the command; of one that is called without a word on a terminal, its conversation."""
        name, command, rest = super().resolve_command(ctx, args)
        where = getattr(self._functions.get(str(name)), "conversation", None)
        if where and not ctx.resilient_parsing and _says_nothing(rest) and _on_a_terminal():
            command = _command(str(name), _named(where))
        return name, command, rest


def _says_nothing(args: Sequence[str]) -> bool:
    """Whether a command is given nothing but where the book is and how figures are written.

    >>> _says_nothing(["--book", "aid.sqlite", "--locale=uk"]), _says_nothing(["GB"])
    (True, False)
    """
    words = iter(args)
    for word in words:
        option, equals, _ = word.partition("=")
        if option not in {"--book", "--locale"}:
            return False
        if not equals:
            next(words, None)
    return True


def _on_a_terminal() -> bool:
    """Whether somebody can be asked and answer."""
    return all(stream is not None and stream.isatty() for stream in (sys.stdin, sys.stdout))


def _plain(command: Any) -> Any:  # noqa: ANN401
    """The command in the user's language, its text taken as it stands: that spares the import of pydantic (100 ms)."""
    params = command.get_params(typer.Context(command, help_option_names=HELP))  # which makes --help as well
    if foreign():
        from cli.help import translate

        translate(command, params)
    for param in params:
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
