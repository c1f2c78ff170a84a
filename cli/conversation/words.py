"""The ledger's own words as people say them: purposes, instruments, firmness, stages; read as code or as word."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from cli.conversation.offers import among
from cli.conversation.question import Question
from cli.language import said
from ledger.errors import InputError
from ledger.journal import Stage
from ledger.message import joined, message
from ledger.pledge import Firmness, Instrument, Purpose

PURPOSES: Mapping[str, str] = {
    Purpose.MILITARY: message("military"),
    Purpose.HUMANITARIAN: message("humanitarian"),
    Purpose.FINANCIAL: message("financial"),
    Purpose.RECONSTRUCTION: message("reconstruction"),
    Purpose.OTHER: message("other"),
}
INSTRUMENTS: Mapping[str, str] = {
    Instrument.GRANT: message("grant"),
    Instrument.IN_KIND: message("in kind"),
    Instrument.LOAN: message("loan"),
    Instrument.EXPORT_CREDIT: message("export credit"),
    Instrument.GUARANTEE: message("guarantee"),
    Instrument.SWAP_LINE: message("swap line"),
    Instrument.INTEREST_SUBSIDY: message("interest subsidy"),
}
FIRMNESS: Mapping[str, str] = {
    Firmness.EXACT: message("exact"),
    Firmness.UP_TO: message("up to"),
    Firmness.AT_LEAST: message("at least"),
    Firmness.ABOUT: message("about"),
}
STAGES: Mapping[str, str] = {
    Stage.UNDERTAKING: message("undertaking"),
    Stage.EXCESS: message("excess"),
    Stage.PLEDGED: message("pledged"),
    Stage.COMMITTED: message("committed"),
    Stage.ALLOCATED: message("allocated"),
    Stage.DISBURSED: message("disbursed"),
    Stage.CALLED: message("called"),
    Stage.REPAID: message("repaid"),
    Stage.FORGIVEN: message("forgiven"),
    Stage.CANCELLED: message("cancelled"),
    Stage.PAID: message("paid"),
    Stage.EXCHANGE: message("exchange"),
}
PUBLISHED_BY: Mapping[str, str] = {"official": message("official"), "press": message("press")}
YES_NO: Mapping[str, str] = {"yes": message("yes"), "no": message("no")}
RECORD: Mapping[str, str] = {**YES_NO, "back": message("back")}

MEANINGS: Mapping[str, str] = {
    Purpose.MILITARY: message("weapons, ammunition, training of forces"),
    Purpose.HUMANITARIAN: message("relief for people in need"),
    Purpose.FINANCIAL: message("budget support"),
    Purpose.RECONSTRUCTION: message("rebuilding, and repair of infrastructure"),
    Purpose.OTHER: message("anything else"),
    Instrument.GRANT: message("money that is given"),
    Instrument.IN_KIND: message("things that are given"),
    Instrument.LOAN: message("money that is lent"),
    Instrument.EXPORT_CREDIT: message("a loan for what the donor's exporters sell"),
    Instrument.GUARANTEE: message("a promise to pay if a borrower does not"),
    Instrument.SWAP_LINE: message("currency lent by a central bank"),
    Instrument.INTEREST_SUBSIDY: message("interest that is paid for a borrower"),
    Firmness.EXACT: message("this amount"),
    Firmness.UP_TO: message("this amount at the most"),
    Firmness.AT_LEAST: message("this amount or more"),
    Firmness.ABOUT: message("roughly this amount"),
    "back": message("to the last question"),
    "official": message("a government, an institution, a parliament"),
    "press": message("a newspaper, an agency, a broadcaster"),
}
"""What the words mean, for whoever chooses between them."""


def _word(words: Mapping[str, str], code: str) -> tuple[str, ...]:
    """The user's word for a code, where it is another one."""
    word = said(words[code])
    return () if word.replace(" ", "_") == code else (word,)


def shown(words: Mapping[str, str], code: str) -> str:
    """A code with the user's word for it: ``military``, ``військова (military)``."""
    own = _word(words, code)
    return f"{own[0]} ({code})" if own else said(words[code])


def choice(
    asks: str, explains: str, words: Mapping[str, str], *, default: str = "", optional: bool = False
) -> Question:
    """A question whose answer is one of these codes, or the word for it, or the beginning of either."""
    meanings = {code: (MEANINGS[code],) if code in MEANINGS else () for code in words}
    lines = [joined([shown(words, code), *meanings[code]], ": ") for code in words]
    listed = {code: said(joined([*_word(words, code), *meanings[code]], ": ")) for code in words}
    return Question(
        asks=asks,
        explains=(explains, *lines),
        read=reader(words),
        offers=among(listed),
        default=default,
        optional=optional,
        shown=lambda code: shown(words, code) if code in words else code,
        few=True,
    )


def reader(words: Mapping[str, str]) -> Callable[[str], str]:
    """What takes a code, a word for it in the user's language or in English, or the beginning of one, to the code."""

    def read(text: str) -> str:
        wanted = _plain(text)
        names = {str(code): {_plain(str(code)), _plain(str(word)), _plain(said(word))} for code, word in words.items()}
        exact = [code for code, known in names.items() if wanted in known]
        begun = [code for code, known in names.items() if any(name.startswith(wanted) for name in known)]
        found = exact or begun
        if len(found) > 1:
            raise InputError("'{text}' can be {readings}: type more of it", text=text, readings=", ".join(found))
        if not found:
            raise InputError(
                "'{text}': choose from {choices}", text=text, choices=", ".join(shown(words, code) for code in words)
            )
        return found[0]

    return read


def _plain(text: str) -> str:
    return " ".join(text.replace("_", " ").casefold().split())
