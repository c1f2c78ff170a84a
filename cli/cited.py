"""A citation as it was typed: where a figure is from, who says it, when, in which words, and a copy that is kept."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from cli.typed import file
from ledger.errors import InputError
from ledger.message import message

if TYPE_CHECKING:
    from cli.options import Evidence
    from cli.session import Session
    from ledger.journal import Citation
    from ledger.recognition.steps import Attachment

_HOST = r"(?:\[[0-9a-f:.]+\]|[^\s/?#@:\\\[\]<>\"]+)"
_ADDRESS = re.compile(rf"https?://{_HOST}(?::\d{{1,5}})?(?:[/?#]\S*)?", re.IGNORECASE)
_SCHEMELESS = re.compile(rf"{_HOST}\.[^\W\d_]{{2,}}(?:[/?#]\S*)?", re.IGNORECASE)
_WITH_PASSWORD = re.compile(r"https?://[^\s/?#]*@", re.IGNORECASE)


def citation(typed: Evidence, session: Session) -> tuple[tuple[Citation, ...], tuple[Attachment, ...]]:
    """The citation, where there is one, and the file of which a copy is to be kept.

    Raises :class:`InputError` for an address that is none, a day in the future, a file that cannot be read.
    """
    from ledger.journal import Citation

    cited = (typed.cite, typed.cite_title, typed.quote, typed.publisher, typed.published, typed.attach)
    if not any(cited):
        _refuse_of_nothing(typed)
        return (), ()
    published, retrieved = _days(typed, session)
    attachment = _attached(typed.attach) if typed.attach else None
    said = Citation(
        url=_address(typed.cite) if typed.cite else None,
        title=typed.cite_title,
        publisher=typed.publisher,
        published=published,
        retrieved=retrieved,
        quote=typed.quote,
        official=typed.official,
        file=attachment.path.name if attachment else None,
        sha256=attachment.sha256 if attachment else None,
    )
    return (said,), (attachment,) if attachment else ()


def _refuse_of_nothing(typed: Evidence) -> None:
    """Refuse what says something of a citation that is not there."""
    if typed.official is not None:
        raise InputError("--official and --press say what a citation is: add --cite URL or --quote TEXT")
    if typed.retrieved is not None:
        raise InputError("--retrieved says when a citation was read: add --cite URL or --quote TEXT")


def _address(text: str) -> str:
    """A web address, in full."""
    from ledger.journal import refuse_controls

    refuse_controls(text, message("the citation's url"))
    if _WITH_PASSWORD.match(text):
        raise InputError("--cite takes no address with a name or password in it: leave them out")
    if _ADDRESS.fullmatch(text):
        return text
    raise InputError("--cite '{text}' is no web address (https://...)", text=text, hint=_instead(text))


def _instead(text: str) -> str:
    """What may have been meant by what is no web address."""
    if _is_path(text):
        return message("--attach {file} keeps a copy of a file", file=text.removeprefix("file://"))
    if text.startswith("10.") and "/" in text:
        return message("did you mean {address}?", address=f"https://doi.org/{text}")
    if _SCHEMELESS.fullmatch(text):
        return message("did you mean {address}?", address=f"https://{text}")
    return message("what has no address is cited by --quote TEXT, --publisher P or --attach FILE")


def _is_path(text: str) -> bool:
    if text.startswith(("file:", "/", "./", "../", "~", "\\")):
        return True
    try:
        return Path(text).exists()
    except (OSError, ValueError):
        return False


def _days(typed: Evidence, session: Session) -> tuple[str | None, str | None]:
    """When the source was published and read, as ISO 8601 has days."""
    days = {"--published": typed.published, "--retrieved": typed.retrieved}
    published, retrieved = (_past(option, session.day(text)) if text else None for option, text in days.items())
    if published and retrieved and retrieved < published:
        raise InputError(
            "--retrieved {retrieved} is before --published {published}", retrieved=retrieved, published=published
        )
    return (published.isoformat() if published else None, retrieved.isoformat() if retrieved else None)


def _past(option: str, day: date) -> date:
    """A day that has come: at the latest today's, wherever it is today."""
    from ledger.book import now

    today = now().date()
    if day > today:
        raise InputError("{option} {day} is in the future: today is {today}", option=option, day=day, today=today)
    return day


def _attached(text: str) -> Attachment:
    from ledger.store.attachments import attached

    return attached(file(text))
