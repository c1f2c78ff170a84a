"""Messages: sentences for people, in English, that can be said in another language.

A message is its English text, so that whoever knows nothing of languages (a log, JSON, a test)
reads it as any text. It keeps the template it was made from and the values put in it, by which
a catalogue of translations says the same in the reader's language. Words for translators are
GNU gettext's: a template is a msgid.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Protocol, Self


class Catalogue(Protocol):
    """The translations of one language, as :mod:`gettext` reads them."""

    def gettext(self, message: str, /) -> str:
        """The template in the language; the English one where there is none."""

    def ngettext(self, msgid1: str, msgid2: str, n: int, /) -> str:
        """The template in the form that the language has for this number."""


class Message(str):
    """A sentence in English, and how it was made. Make one with :func:`message` or :func:`counted`."""

    __slots__ = ("many", "template", "values")

    template: str
    many: str | None
    values: Mapping[str, object]

    @classmethod
    def made(cls, template: str, many: str | None, values: Mapping[str, object]) -> Self:
        """The sentence of this template; ``many`` is the template for any number but one, of ``values['count']``."""
        chosen = template if many is None or values["count"] == 1 else many
        found = cls(chosen.format_map(values) if values else chosen)
        found.template, found.many, found.values = template, many, values
        return found

    def spoken(self, catalogue: Catalogue) -> str:
        """The sentence in the language of a catalogue, and the sentences in it."""
        if self.many is None:
            template = catalogue.gettext(self.template)
        else:
            template = catalogue.ngettext(self.template, self.many, int(str(self.values["count"])))
        values = {name: spoken(value, catalogue) for name, value in self.values.items()}
        return template.format_map(values) if values else template


class _Joined(Message):
    """Messages one after the other."""

    __slots__ = ("parts", "separator")

    parts: tuple[str, ...]
    separator: str

    def spoken(self, catalogue: Catalogue) -> str:
        return self.separator.join(str(spoken(part, catalogue)) for part in self.parts)


def message(template: str, /, **values: object) -> Message:
    """A sentence for people: the template is English, ``{name}`` stands for the value of that name.

    >>> message("{pledge} promises {amount}", pledge="GB-1", amount=100)
    'GB-1 promises 100'
    """
    return Message.made(template, None, values)


def counted(one: str, many: str, /, *, count: int, **values: object) -> Message:
    """A sentence about a number of things, ``{count}``: languages have up to four forms of it.

    >>> counted("{count} entry", "{count} entries", count=2)
    '2 entries'
    """
    return Message.made(one, many, {"count": count, **values})


def joined(parts: Iterable[str], separator: str = ", ") -> Message:
    """Several messages, or texts, as one.

    >>> joined([message("one thing"), "GBP"])
    'one thing, GBP'
    """
    known = tuple(parts)
    found = _Joined(separator.join(known))
    found.template, found.many, found.values = str(found), None, {}
    found.parts, found.separator = known, separator
    return found


def either(parts: Iterable[str]) -> str:
    """Alternatives as one text; nothing of none.

    >>> either(["GBP", "EUR", "USD"])
    'GBP or EUR or USD'
    """
    first, *more = list(parts) or [""]
    for second in more:
        first = message("{first} or {second}", first=first, second=second)
    return first


def all_of(parts: Iterable[str]) -> str:
    """Things that go together as one text; nothing of none.

    >>> all_of(["GBP", "EUR"])
    'GBP and EUR'
    """
    first, *more = list(parts) or [""]
    for second in more:
        first = message("{first} and {second}", first=first, second=second)
    return first


def spoken(value: object, catalogue: Catalogue) -> object:
    """A value as it is said in the language of a catalogue: only messages change."""
    return value.spoken(catalogue) if isinstance(value, Message) else value
