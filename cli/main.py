"""The command's way in and out: it runs one command line and turns how it ended into an exit code.

Exit 0: done. 1: the ledger refuses, or the system does. 2: the call is wrong.
130: interrupted. 141: whoever read the output has gone. However it ends, what
went wrong is one line on stderr, and never a traceback.

Nothing heavy is imported at the top, so that an interrupt is answered well from
the first moment on, and so that each command pays only for what it uses.
"""

from __future__ import annotations

import errno
import gc
import os
import re
import signal
import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from itertools import pairwise, takewhile
from typing import Any, NamedTuple

from cli.language import speaking
from ledger.message import message

PROGRAM = "aidledger"
COMPLETING = "_AIDLEDGER_COMPLETE"
"""Names the shell that asks for completions: then nothing but completions is printed."""

INTERRUPTED, READER_GONE = 130, 141
A_MOMENT_MS = 20

NOUNS: Mapping[str, tuple[str, str]] = {
    "init": ("cli.book:init", message("Make a new, empty book.")),
    "demo": ("cli.demo:demo", message("Make a small real book and show its totals.")),
    "pledge": ("cli.pledge:app", message("Record pledges and what becomes of them.")),
    "run": ("cli.run:run", message("Run the commands of a file: all of them, or none.")),
    "party": ("cli.party:app", message("Donors, recipients and agencies.")),
    "source": ("cli.source:app", message("Funding sources: who really pays.")),
    "item": ("cli.item:app", message("Items that are promised and delivered by the piece.")),
    "journal": ("cli.journal:app", message("Entries: list, show, reverse; close and reopen periods.")),
    "report": ("cli.report:app", message("Totals, pipeline, timeline, changes and more.")),
    "reconcile": ("cli.reconcile:app", message("Compare the book with what others say.")),
    "rate": ("cli.rate:app", message("Exchange rates: the ECB's, and those the book imported.")),
    "convert": ("cli.convert:convert", message("Convert an amount, and show the rate it took.")),
    "import": ("cli.intake:app", message("Record the files of others: tables, the Kiel tracker, IATI.")),
    "export": ("cli.export:app", message("Write the book for other programs.")),
    "check": ("cli.book:check", message("Check every invariant of the book.")),
    "key": ("cli.key:app", message("The key that signs checkpoints and packages.")),
    "checkpoint": ("cli.checkpoint:checkpoint", message("Sign and print the head of all entries.")),
    "verify": ("cli.verify:verify", message("Prove that nothing was rewritten since it was signed.")),
    "prove": ("cli.prove:prove", message("Prove the entries of one pledge without showing the rest.")),
    "backup": ("cli.backup:backup", message("Copy the whole book, while others write.")),
    "restore": ("cli.backup:restore", message("Make a book from a backup.")),
    "copy": ("cli.copy:copy", message("Move a book between files and PostgreSQL.")),
    "upgrade": ("cli.book:upgrade", message("Bring an older book up to this version's schema.")),
    "completion": ("cli.completion.command:completion", message("Print the script by which a shell completes.")),
}
"""Each word after ``aidledger``: where it is written (``module:name``), and its line in the help."""

_NEGATIVE = re.compile(r"-[A-Z]{0,3}[^\w-]{0,3}\d")
_CANNOT_WRITE = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO, errno.EBADF, errno.EROFS)


class Ending(NamedTuple):
    """How a command line ended: its exit code, and what is said about it."""

    code: int
    message: str | None = None
    hint: str | None = None


_INTERRUPTION = Ending(INTERRUPTED, message("interrupted; nothing was written"))


def main() -> None:
    """Run the command line that the process was started with.

    Nothing is garbage while modules are loaded: looking for some would take a tenth of a command's time.
    """
    gc.disable()
    sys.unraisablehook = _unraised
    try:
        code = run(sys.argv[1:])
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # nothing is left to interrupt
    except KeyboardInterrupt:  # while the last words were said
        code = INTERRUPTED
    sys.exit(code)


def _unraised(unraisable: sys.UnraisableHookArgs) -> None:
    """Have an interrupt that came where Python cannot raise it, as in a lock's own clean-up, come once more.

    It comes from a thread, a moment later: from here it would be raised here, where it is lost again.
    """
    if not isinstance(unraisable.exc_value, KeyboardInterrupt):
        sys.__unraisablehook__(unraisable)
        return
    from threading import Timer

    again = Timer(A_MOMENT_MS / 1000, os.kill, (os.getpid(), signal.SIGINT))
    again.daemon = True
    again.start()


def run(args: Sequence[str], nouns: Mapping[str, tuple[str, str]] = NOUNS) -> int:
    """Run one command line, print what it says and return its exit code; raises nothing.

    A command that has written hears no interrupt until its end: see :func:`cli.session.too_late`.
    """
    hears = signal.getsignal(signal.SIGINT)
    try:
        with speaking(args, os.environ):
            code = _ending(lambda: _invoke(_without_password(args), nouns), args)
            return _ending(_flush, args) or code
    finally:
        with suppress(ValueError):  # not in the main thread
            signal.signal(signal.SIGINT, hears)


def _ending(step: Callable[[], object], args: Sequence[str]) -> int:
    """Take one step, say how it ended where it ended badly, and return its exit code."""
    ending = ended(step, args)
    if ending.message:
        from cli.render import complain

        complain(ending.message, ending.hint)
    return ending.code


def ended(step: Callable[[], object], args: Sequence[str]) -> Ending:
    """Take one step, and give how it ended; whatever it raises ends here.

    A shell that asks for completions is told of nothing but those.
    """
    try:
        step()
    except SystemExit as error:
        return Ending(error.code if isinstance(error.code, int) else int(error.code is not None))
    except BaseException as error:  # noqa: BLE001 - nothing may reach the user as a traceback
        return Ending(0) if COMPLETING in os.environ else _ending_of(error, args)
    return Ending(0)


def _without_password(args: Sequence[str]) -> Sequence[str]:
    """The words that were typed. Refuses a password among them: every user of the machine can list them."""
    if any("://" in word for word in args):
        from ledger.errors import InputError
        from ledger.store.place import holds_password

        for before, word in pairwise(["", *args]):
            if holds_password(word if before == "--book" else word.removeprefix("--book=")):
                raise InputError(
                    "{place} holds a password, and others can see what is typed here",
                    place="--book" if word.startswith("--book=") or before == "--book" else "postgresql://...",
                    hint=message("put it into PGPASSWORD or PGPASSFILE, or the whole address into AIDLEDGER_BOOK"),
                )
    return args


def _invoke(args: Sequence[str], nouns: Mapping[str, tuple[str, str]]) -> None:
    """Find the command and call it: Typer's ``main`` without its boxes and its own exits."""
    if COMPLETING in os.environ:
        from cli.completion.answer import answer

        sys.stdout.buffer.write(answer(os.environ[COMPLETING], args, os.environ, nouns).encode())
        return
    from cli.lazy import root

    command = root(nouns)
    with command.make_context(PROGRAM, list(args)) as context:
        command.invoke(context)


def _flush() -> None:
    if sys.stdout is not None:
        sys.stdout.flush()


def _ending_of(error: BaseException, args: Sequence[str]) -> Ending:
    """What an exception means to whoever typed the command."""
    if isinstance(error, KeyboardInterrupt):
        return _INTERRUPTION
    if isinstance(error, OSError):
        return _system_refuses(error)
    if "typer" in sys.modules and (ending := _typer_ends(error, args)):
        return ending
    from ledger.errors import LedgerError

    if isinstance(error, LedgerError):
        return Ending(error.exit_code, error.message, error.hint)
    return _defect(error)


def _typer_ends(error: BaseException, args: Sequence[str]) -> Ending | None:
    """What Typer raises to end a command, or None where it is not Typer's."""
    import typer

    from cli.usage import sentence

    usage, refusal = typer.BadParameter.__mro__[1:3]  # UsageError and ClickException, which have no public name
    if isinstance(error, typer.Exit):
        return Ending(error.exit_code)
    if isinstance(error, typer.Abort):
        return _INTERRUPTION
    if isinstance(error, usage):
        return _wrong_call(error, args)
    return Ending(1, sentence(error)) if isinstance(error, refusal) else None


def _wrong_call(error: Any, args: Sequence[str]) -> Ending:  # noqa: ANN401 - a UsageError
    """What Typer found wrong with the call, and where its help is; a call of nothing is answered with the help."""
    from cli.usage import sentence, way_out

    path = error.ctx.command_path if error.ctx else _path(args)
    if type(error).__name__ == "NoArgsIsHelpError":
        _say_help(error.format_message())
        return Ending(2)
    if negative := _negative(error, args):
        return Ending(
            2,
            message("an amount must be positive: '{negative}'", negative=negative),
            f"{path} --help",
        )
    return Ending(2, sentence(error), way_out(error, path))


def _path(args: Sequence[str]) -> str:
    """The command that was most likely meant, where Typer does not say: the words before the first value or option."""
    return " ".join([PROGRAM, *list(takewhile(re.compile("[a-z-]*[a-z]").fullmatch, args))[:2]])


def _say_help(text: str) -> None:
    from cli.render import say

    for line in text.splitlines():
        say(line)


def _negative(error: Any, args: Sequence[str]) -> str | None:  # noqa: ANN401
    """The argument that was taken for an option, where it looks like an amount: ``-5 GBP``."""
    if not hasattr(error, "possibilities"):
        return None
    return next((arg for arg in args if arg.startswith(error.option_name) and _NEGATIVE.match(arg)), None)


def _system_refuses(error: OSError) -> Ending:
    """A full disk, a missing permission, or a reader that went away, about which nobody wants to hear."""
    _let_go_of_stdout()
    if isinstance(error, BrokenPipeError):
        return Ending(READER_GONE)
    reason = error.strerror or str(error) or type(error).__name__
    if error.filename is not None:
        return Ending(1, message("{file}: {reason}", file=error.filename, reason=reason))
    return Ending(
        1,
        message("could not write: {reason}", reason=reason)
        if error.errno in _CANNOT_WRITE
        else message("the system refuses: {reason}", reason=reason),
    )


def _let_go_of_stdout() -> None:
    """Drop what stdout can't take any more, so that nothing complains when the interpreter ends."""
    with suppress(ValueError, AttributeError):
        try:
            sys.stdout.flush()
        except OSError:
            with suppress(OSError):
                os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _defect(error: BaseException) -> Ending:
    """What nobody foresaw: one line, and the details for whoever asks for them."""
    asked = bool(os.environ.get("AIDLEDGER_DEBUG"))
    if asked:
        from cli.render import detail

        detail(error)
    what = message(
        "unexpected {name}: {error}; this is a defect in {program}",
        name=type(error).__name__,
        error=str(error)[:500],
        program=PROGRAM,
    )
    return Ending(1, what, None if asked else message("AIDLEDGER_DEBUG=1 shows the details"))


if __name__ == "__main__":
    main()
