"""Options as values: a command takes a few dataclasses, whose fields are the options.

:func:`takes` expands the dataclasses into Typer's signature and hands the command
the values it built from what was typed. Everything stays text here, so that it is
the ledger that reads it and says what is wrong with it.
"""

import inspect
from collections.abc import Callable
from dataclasses import MISSING, dataclass, fields, is_dataclass
from functools import cache, wraps
from operator import getitem
from typing import Annotated, Any, TypeVar, get_args, get_type_hints

import typer
from typer.models import OptionInfo

from cli.lazy import BOOK, LOCALE
from ledger.errors import InputError
from ledger.message import message

Result = TypeVar("Result")
Words = tuple[str, ...]

_MAY_BE_EMPTY = {None, "--by"}
"""Arguments, which the ledger reads, and the dimensions of a report, of which there may be none."""

FORMATS = ("table", "json", "csv")
CONTINGENT = ("include", "exclude", "only")
MISSING_RATES = ("refuse", "list")


@dataclass(frozen=True, slots=True)
class Place:
    """Where the book is, and whose way of writing figures is used."""

    book: Annotated[str | None, BOOK] = None
    locale: Annotated[str | None, LOCALE] = None


@dataclass(frozen=True, slots=True)
class Shape:
    """The form of what is printed: a table for people, JSON or CSV for programs."""

    format: Annotated[
        str,
        typer.Option(
            "--format",
            metavar="table|json|csv",
            autocompletion=lambda: list(FORMATS),
            help=message("For people, or for programs."),
        ),
    ] = "table"

    def __post_init__(self) -> None:
        _one_of("--format", self.format, FORMATS)


@dataclass(frozen=True, slots=True)
class Where:
    """Which pledges and entries are counted: the filters, the same everywhere, as they were typed.

    Several values of one filter (repeated, or with commas) mean any of them;
    several filters must all hold.
    """

    donor: Annotated[Words, typer.Option("--donor", metavar="CODE,...", help=message("Only these donors."))] = ()
    group: Annotated[
        Words,
        typer.Option("--group", metavar="CODE,...", help=message("Only donors in these groups on the pledge's date.")),
    ] = ()
    recipient: Annotated[
        Words, typer.Option("--recipient", metavar="CODE,...", help=message("Only these recipients."))
    ] = ()
    purpose: Annotated[Words, typer.Option("--purpose", metavar="P,...", help=message("Only these purposes."))] = ()
    instrument: Annotated[
        Words, typer.Option("--instrument", metavar="I,...", help=message("Only these instruments."))
    ] = ()
    source: Annotated[
        Words, typer.Option("--source", metavar="CODE,...", help=message("Only these funding sources."))
    ] = ()
    package: Annotated[Words, typer.Option("--package", metavar="NAME,...", help=message("Only these packages."))] = ()
    pledge: Annotated[Words, typer.Option("--pledge", metavar="ID,...", help=message("Only these pledges."))] = ()
    currency: Annotated[
        Words, typer.Option("--currency", metavar="CUR,...", help=message("Only these currencies."))
    ] = ()
    since: Annotated[
        str | None, typer.Option("--from", metavar="DATE", help=message("Only what happened on this day or later."))
    ] = None
    until: Annotated[
        str | None,
        typer.Option("--until", metavar="DATE", help=message("Only what happened up to this day, included.")),
    ] = None
    as_of: Annotated[
        str | None, typer.Option("--as-of", metavar="DATE", help=message("As things stood on this day."))
    ] = None
    known_at: Annotated[
        str | None,
        typer.Option("--known-at", metavar="TIME|NUMBER", help=message("As was recorded by then, or by that entry.")),
    ] = None
    contingent: Annotated[
        str,
        typer.Option(
            "--contingent",
            metavar="include|exclude|only",
            autocompletion=lambda: list(CONTINGENT),
            help=message("What to do with guarantees."),
        ),
    ] = "include"

    def __post_init__(self) -> None:
        _one_of("--contingent", self.contingent, CONTINGENT)


@dataclass(frozen=True, slots=True)
class Valuation:
    """The currency that amounts are shown in, and the rates that bring them there, as they were typed."""

    into: Annotated[
        str | None, typer.Option("--in", metavar="CUR", help=message("Convert every amount to this currency."))
    ] = None
    policy: Annotated[
        str,
        typer.Option("--policy", metavar="spot|month|year|fixed:PERIOD", help=message("Which rate values an amount.")),
    ] = "spot"
    rates: Annotated[
        Words,
        typer.Option(
            "--rates", metavar="SOURCE,...", help=message("Whose rates, the first that has one; ecb if not said.")
        ),
    ] = ()
    value_at: Annotated[
        str,
        typer.Option(
            "--value-at",
            metavar="pledge|event|DATE",
            help=message("The day whose rate values an amount: its pledge's, its own at that stage, or one for all."),
        ),
    ] = "pledge"
    missing: Annotated[
        str,
        typer.Option(
            "--missing",
            metavar="refuse|list",
            autocompletion=lambda: list(MISSING_RATES),
            help=message("What there is no rate for: refuse the report, or list it in its own currency."),
        ),
    ] = "refuse"

    def __post_init__(self) -> None:
        _one_of("--missing", self.missing, MISSING_RATES)


@dataclass(frozen=True, slots=True)
class Evidence:
    """When something happened and where that is from: the date, the citation and the origin of an entry."""

    on: Annotated[
        str | None, typer.Option("--on", metavar="DATE", help=message("The day it happened; today if not said."))
    ] = None
    cite: Annotated[str | None, typer.Option("--cite", metavar="URL", help=message("Where the figure is from."))] = None
    quote: Annotated[str | None, typer.Option("--quote", metavar="TEXT", help=message("The words that say it."))] = None
    publisher: Annotated[str | None, typer.Option("--publisher", metavar="P", help=message("Who published them."))] = (
        None
    )
    published: Annotated[
        str | None, typer.Option("--published", metavar="DATE", help=message("When they were published."))
    ] = None
    retrieved: Annotated[
        str | None, typer.Option("--retrieved", metavar="DATE", help=message("When you read them."))
    ] = None
    cite_title: Annotated[
        str | None, typer.Option("--cite-title", metavar="T", help=message("The title of what they stand in."))
    ] = None
    attach: Annotated[
        str | None,
        typer.Option("--attach", metavar="FILE", help=message("A file to keep a copy of, beside the book.")),
    ] = None
    official: Annotated[
        bool | None, typer.Option("--official/--press", help=message("Whether the publisher is official or the press."))
    ] = None
    note: Annotated[
        str | None, typer.Option("--note", metavar="T", help=message("A note, or the reason for a correction."))
    ] = None
    origin: Annotated[
        str | None,
        typer.Option("--origin", metavar="KEY", help=message("A unique key: the same entry is not recorded twice.")),
    ] = None


By = Annotated[
    str | None,
    typer.Option(
        "--by",
        metavar="D,D",
        help=message(
            "donor, recipient, purpose, instrument, source, currency, pledge, package, year, quarter, month, parent."
        ),
    ),
]
"""What figures are cut by, as every report takes it."""

Explain = Annotated[
    bool,
    typer.Option(
        "--explain", help=message("Show each rate and what it valued; in JSON and CSV in place of the report.")
    ),
]
"""Whether the rates of a conversion are shown."""


def takes(command: Callable[..., Result]) -> Callable[..., Result]:
    """Let a command take dataclasses: each field becomes an option, and the command gets the built values.

    ``@app.command("list")``, ``@takes``, ``def listing(where: Where, place: Place) -> None``. What was
    given before the command (``aidledger --book B pledge list``) stands where the command itself says
    nothing. Raises :class:`InputError` for an option that was given empty.
    """
    hints = get_type_hints(command, include_extras=True)
    given = inspect.signature(command).parameters
    values = {name: hints[name] for name in given if is_dataclass(hints[name])}
    context = next((name for name in given if hints[name] is typer.Context), None)

    @wraps(command)
    def expanded(**typed: Any) -> Result:  # noqa: ANN401 - whatever Typer read
        source = typed[context] if context else typed.pop(_CONTEXT.name)
        built = {name: _build(kind, typed, source) for name, kind in values.items()}
        plain = {name: _filled(_flag(hints[name]), value) for name, value in typed.items()}
        return command(**plain, **built)

    parameters = [] if context else [_CONTEXT]
    for name, parameter in given.items():
        plain = parameter.replace(annotation=hints[name], kind=inspect.Parameter.KEYWORD_ONLY)
        parameters.extend(_expand(values[name]) if name in values else [plain])
    expanded.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
    expanded.__annotations__ = {parameter.name: parameter.annotation for parameter in parameters}
    return expanded


_CONTEXT = inspect.Parameter("typer_context", inspect.Parameter.KEYWORD_ONLY, annotation=typer.Context)


def _name(kind: type, field: str) -> str:
    """An option's name in Typer's signature: unique, whatever other dataclasses a command takes."""
    return f"{kind.__name__.lower()}_{field}"


@cache
def _hints(kind: type) -> dict[str, Any]:
    """The annotations of a dataclass's fields, which take a while to read."""
    return get_type_hints(kind, include_extras=True)


@cache
def _expand(kind: Any) -> tuple[inspect.Parameter, ...]:  # noqa: ANN401 - a dataclass
    """Typer's parameter for each field: a field of several words is a list that may be repeated."""
    return tuple(_parameter(kind, field.name, _hints(kind)[field.name], field.default) for field in fields(kind))


def _parameter(kind: type, field: str, annotation: Any, default: object) -> inspect.Parameter:  # noqa: ANN401
    if get_args(annotation)[0] == Words:
        annotation, default = getitem(Annotated, (list[str] | None, *get_args(annotation)[1:])), None
    return inspect.Parameter(
        _name(kind, field),
        inspect.Parameter.KEYWORD_ONLY,
        default=inspect.Parameter.empty if default is MISSING else default,
        annotation=annotation,
    )


def _flag(annotation: Any) -> str | None:  # noqa: ANN401
    """The option that an annotation declares, None for an argument."""
    declared = get_args(annotation)[1:]
    return str(declared[0].default) if declared and isinstance(declared[0], OptionInfo) else None


def _build(kind: Any, typed: dict[str, Any], context: typer.Context) -> Any:  # noqa: ANN401
    """The dataclass from what was typed; takes its options out of ``typed``."""
    values: dict[str, Any] = {}
    for field in fields(kind):
        annotation = _hints(kind)[field.name]
        flag = _flag(annotation)
        value = _nearest(flag, typed.pop(_name(kind, field.name)), context)
        values[field.name] = _split(flag, value) if get_args(annotation)[0] == Words else _filled(flag, value)
    return kind(**values)


def _nearest(flag: str | None, value: Any, context: typer.Context) -> Any:  # noqa: ANN401
    """What was typed after the command, else before it, else what Typer found (the environment, the default)."""
    level: Any = context
    while level is not None:
        for param in level.command.params:
            source = level.get_parameter_source(param.name) if flag in param.opts else None
            if source is not None and source.name == "COMMANDLINE":
                return level.params[param.name]
        level = level.parent
    return value


def _filled(option: str | None, value: Any) -> Any:  # noqa: ANN401
    """What was given to an option, but for nothing at all: an empty one is a script's mistake, never meant."""
    if isinstance(value, str) and not value.strip() and option not in _MAY_BE_EMPTY:
        raise InputError("{option} is empty: give it a value or leave it out", option=option)
    return value


def _split(option: str | None, values: list[str] | None) -> Words:
    """Several words, repeated or with commas; an empty one is refused, for it would quietly mean everything."""
    return tuple(_filled(option, word).strip() for value in values or () for word in value.split(","))


def _one_of(option: str, value: str, allowed: Words) -> None:
    if value not in allowed:
        raise InputError(
            "{option} is {choices} or {last}, not '{given}'",
            option=option,
            choices=", ".join(allowed[:-1]),
            last=allowed[-1],
            given=value,
        )
