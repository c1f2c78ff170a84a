"""Texts that an entry may hold, and that break careless readers: marks of formats, look-alikes of values, scripts."""

from __future__ import annotations

TEXTS = (
    'Missiles «Ракети» [LMM], "5,000+"; it\'s 100 %',
    "Ґрунт, їжа, єдність — допомога Україні",
    "one | two || three; four ;; five",
    'back\\slash \\n \\t \\" end\\',
    "=1+1",
    "+1",
    "-1",
    "@SUM(A1:A9)",
    "'apostrophe",
    "\uff1d1\uff0b1 full-width",
    "NA",
    "null",
    "007",
    "1e5",
    "TRUE",
    "2025-03-02",
    "1,234.50 GBP",
    "🇺🇦 🚁 👩‍🔧 emoji, joined ones too",
    "  blanks   before, between and after  ",
    "no\u00a0break, thin\u202fblank",
    "e\u0301 in two parts, é in one",
    "# heading ; comment",
    "* starred ! pending ~ periodic",
    "(code) [2025-03-02] tag:value, other: value | :a:b:",
    "{curly} <b>&amp;</b> ]]> <!-- --> %percent $dollar `tick`",
    '"',
    '""',
    ";",
    "|",
    "\\",
    "^link #tag @ 1.25 EUR @@ {5.00 USD}",
    "https://example.org/?a=1&b=%20;c|d#e",
    "مرحبا بالعالم, שלום",
    "漢字かな 한국어",
    "\ufeffa byte order mark begins it",
    "long, " * 400,
)
"""One of each kind of trouble. Line breaks, tabs and other control characters are refused when they are recorded."""

REFUSED = ("a\nb", "a\r\nb", "a\tb", "a\x00b", "a\x1bb", "a\u2028b", "a\u202eb", "a\x85b")
"""Texts that no entry takes."""


def text(place: int) -> str:
    """One of the texts, each in turn."""
    return TEXTS[place % len(TEXTS)]
