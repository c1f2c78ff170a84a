"""The shells: the script of each, how it hands in the line that is typed, and how it takes what is offered.

A script calls the program with ``_AIDLEDGER_COMPLETE`` naming the shell, and reads lines: the first says what the
shell is to do (``offers``; ``goes on``, where no blank follows; ``files`` or ``folders`` of its own, and what stands
before the path in the same word), each other one is an offer, in a form of the shell's own. Nothing that comes from
a book is ever run or expanded: a script reads it as data, and where a shell puts it into the line, it is quoted.
"""

from __future__ import annotations

import re
import shutil
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import takewhile
from typing import Protocol

from cli.completion.offer import Offer, Offers

BASH = """\
# Completion of aidledger in bash 4.4 or later:  source <(aidledger completion bash)
_aidledger() {
    local answer line
    answer=() COMPREPLY=()
    while IFS= read -r line; do answer+=("$line"); done < <(
        _AIDLEDGER_COMPLETE=bash COLUMNS=${COLUMNS:-80} "${1/#\\~/$HOME}" \\
            "$COMP_TYPE" "$COMP_WORDBREAKS" "${COMP_LINE:0:COMP_POINT}" </dev/null 2>/dev/null
    )
    case ${answer[0]-} in
        files*) compopt -o default ;;
        folders*) compopt -o dirnames ;;
        'goes on') compopt -o nospace ;;
    esac
    COMPREPLY=("${answer[@]:1}")
}
complete -o nosort -F _aidledger aidledger
"""

ZSH = """\
#compdef aidledger
# Completion of aidledger in zsh 5 or later:  source <(aidledger completion zsh), after compinit
_aidledger() {
    local -a answer offered shown
    local line
    answer=("${(@f)$(
        _AIDLEDGER_COMPLETE=zsh COLUMNS=$COLUMNS "${${(Q)words[1]}/#\\~/$HOME}" \\
            "${(@Q)words[2,CURRENT-1]}" "${(Q)PREFIX}" </dev/null 2>/dev/null
    )}")
    for line in "${(@)answer[2,-1]}"; do
        offered+=("${line%%$'\\t'*}")
        shown+=("${line#*$'\\t'}")
    done
    case $answer[1] in
        *$'\\t'-*) compset -P '*=' ;;
    esac
    case $answer[1] in
        files*) _files ;;
        folders*) _files -/ ;;
        'goes on') compadd -V aidledger -S '' -l -d shown -a offered ;;
        offers) compadd -V aidledger -l -d shown -a offered ;;
    esac
}
if [[ ${zsh_eval_context[-1]} == loadautofunc ]]; then
    _aidledger "$@"
else
    compdef _aidledger aidledger
fi
"""

FISH = """\
# Completion of aidledger in fish 3.1 or later:  aidledger completion fish | source
function __aidledger_complete
    set -l words (commandline -opc)
    set -l current (commandline -ct)
    set -l program (string replace -r '^~' $HOME -- "$words[1]")
    set -l answer (_AIDLEDGER_COMPLETE=fish $program $words[2..-1] "$current" </dev/null 2>/dev/null)
    set -l told (string split \\t -- "$answer[1]")
    set -l path (string replace -- "$told[2]" '' "$current")
    switch "$told[1]"
        case files
            set answer $told[1] "$told[2]"(__fish_complete_path "$path")
        case folders
            set answer $told[1] "$told[2]"(__fish_complete_directories "$path" '')
    end
    for line in $answer[2..-1]
        printf '%s\\n' $line
    end
end
complete --command aidledger --no-files --keep-order --arguments '(__aidledger_complete)'
"""

_LONGEST_HELP = 70
_NARROWEST = 8


class Asking(Protocol):
    """A shell that asks: the words up to the cursor, the last one unfinished, and what it is told."""

    @property
    def words(self) -> list[str]:
        """The words after the program's name, as the program would get them; the last one may be empty."""

    def answer(self, offers: Offers, /) -> str:
        """What is printed for it."""


@dataclass(frozen=True)
class _Word:
    """A word on the line: its text without quotes, and the quote that is still open in it.

    So much of the text is ``kept`` when readline puts an offer in place of the rest.
    """

    text: str = ""
    quote: str = ""
    kept: int = 0


class _Bash:
    """bash: hands in the line as it is typed, and how it parts words; takes words, quoted, with help in a list."""

    def __init__(self, args: Sequence[str], environ: Mapping[str, str]) -> None:
        how, breaks, line = args
        self._lists = chr(int(how)) in "?!@"
        self._line = split(line, breaks)
        self._width = _width(environ)
        self.words = [word.text for word in self._line[1:]] or [""]

    def answer(self, offers: Offers) -> str:
        """The offers, each written as the rest of the word at the cursor; of several that are listed, with help."""
        last = self._line[-1]
        words = [quoted(offer.word[last.kept :], last.quote) for offer in offers.words]
        if self._lists and len(words) > 1:
            words = _beside(words, offers.words, self._width, "  ({})")
        return _lines(offers, words)


class _Zsh:
    """zsh: hands in words; takes a word and the line that is shown for it, and quotes by itself."""

    def __init__(self, args: Sequence[str], environ: Mapping[str, str]) -> None:
        self.words = list(args) or [""]
        self._width = _width(environ)

    def answer(self, offers: Offers) -> str:
        """The offers with what is shown for each: its last part, and the help."""
        shown = _beside([_part(offers, offer) for offer in offers.words], offers.words, self._width, "  -- {}")
        return _lines(offers, [f"{offer.word}\t{line}" for offer, line in zip(offers.words, shown, strict=True)])


class _Fish:
    """fish: hands in words, the last one as it is typed; takes a word and its help, and quotes by itself."""

    def __init__(self, args: Sequence[str], environ: Mapping[str, str]) -> None:  # noqa: ARG002 - as the others
        *words, last = args or [""]
        self.words = [*words, split(f"aidledger {last}", "")[-1].text]

    def answer(self, offers: Offers) -> str:
        """The offers with their help."""
        return _lines(offers, [f"{offer.word}\t{_plain(offer.help)}" for offer in offers.words])


SHELLS: Mapping[str, Callable[[Sequence[str], Mapping[str, str]], Asking]] = {
    "bash": _Bash,
    "zsh": _Zsh,
    "fish": _Fish,
}
SCRIPTS: Mapping[str, str] = {"bash": BASH, "zsh": ZSH, "fish": FISH}


def split(line: str, breaks: str) -> list[_Word]:
    """The words of a line as a POSIX shell parts them, however it is left off; ``breaks`` part words for readline.

    The last word ends where the line does, and is empty after a blank. What stands before the last ``;``, ``|``
    or ``&`` is another command.

    >>> [word.text for word in split("aidledger convert '1.6bn GBP' E", "")]
    ['aidledger', 'convert', '1.6bn GBP', 'E']
    """
    words: list[_Word] = []
    text, quote, kept, begun = "", "", 0, False
    rest = iter(line)
    for each in rest:
        if quote == "'" or (quote and each not in '"\\'):
            text, quote, kept = (text, "", len(text)) if each == quote else (text + each, quote, kept)
        elif each == "\\":
            following = next(rest, "")
            text += following if not quote or following in '"\\$`' else each + following
            begun = True
        elif each in "\"'":
            quote, kept, begun = "" if quote else each, len(text), True
        elif each in " \t\n" or each in ";|&":
            words = [*words, _Word(text)] if begun else words
            words = words if each in " \t\n" else []
            text, kept, begun = "", 0, False
        else:
            text, begun = text + each, True
            kept = len(text) if each in breaks else kept
    return [*words, _Word(text, quote, kept)]


def quoted(text: str, quote: str) -> str:
    r"""Text as it is typed in bash so that it stands for itself, inside this quote or outside of any.

    >>> quoted("a b", ""), quoted("it's $5", '"'), quoted("it's", "'")
    ('a\\ b', "it's \\$5", "it'\\''s")
    """
    if quote == "'":
        return text.replace("'", "'\\''")
    if quote:
        return re.sub(r'(["\\$`])', r"\\\1", text).replace("!", "\"'!'\"")
    return re.sub(r"([^\w./,:@%+=-])", r"\\\1", text)


def _lines(offers: Offers, words: Sequence[str]) -> str:
    """What every script reads."""
    if offers.paths and not words:
        return f"{offers.paths}\t{offers.lead}\n"
    first = "goes on" if offers.words and all(offer.goes_on for offer in offers.words) else "offers"
    return "".join(f"{line}\n" for line in (first, *words))


def _part(offers: Offers, offer: Offer) -> str:
    """The part of a word that is chosen: after the option, and after the last comma of a list."""
    return offer.word.removeprefix(offers.lead).rpartition(",")[2]


def _beside(words: Sequence[str], offers: Sequence[Offer], width: int, form: str) -> list[str]:
    """The words with their help beside them, in lines that the terminal has room for."""
    widest = max(map(_columns, words), default=0)
    room = min(width - widest - _columns(form) - 2, _LONGEST_HELP)
    helps = [_cut(_plain(offer.help), room) if room >= _NARROWEST else "" for offer in offers]
    return [
        word + " " * (widest - _columns(word)) + form.format(help_) if help_ else word
        for word, help_ in zip(words, helps, strict=True)
    ]


def _cut(text: str, columns: int) -> str:
    if _columns(text) <= columns:
        return text
    room = iter(range(columns - 1, -1, -1))
    fitting = takewhile(lambda each: all(next(room, 0) for _ in range(_columns(each))), text)
    return "".join(fitting).rstrip() + "…"


def _columns(text: str) -> int:
    """How many columns a text takes on a terminal."""
    return sum(0 if unicodedata.combining(each) else 1 + (unicodedata.east_asian_width(each) in "WF") for each in text)


def _plain(text: str) -> str:
    """Help on one line, with nothing that commands a terminal."""
    return " ".join("".join(each if each.isprintable() else " " for each in text).split())


def _width(environ: Mapping[str, str]) -> int:
    said = environ.get("COLUMNS", "")
    return (
        int(said)
        if said.isascii() and said.isdigit() and len(said) < _NARROWEST
        else shutil.get_terminal_size().columns
    )
