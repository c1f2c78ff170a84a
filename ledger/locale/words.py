"""Everyday words for figures that the CLDR does not have: powers of ten, currencies, how firm an amount is.

A word that several currencies share is listed with all of them, and so is never guessed at.
"""

from __future__ import annotations

from collections.abc import Mapping

SCALES: Mapping[str, Mapping[int, str]] = {
    "de": {3: "tsd", 9: "mia", 18: "trillion, trillionen"},
    "en": {5: "lakh, lakhs", 7: "crore, crores"},
    "fr": {3: "millier, milliers", 9: "mds, mrd", 18: "trillion, trillions"},
    "pl": {18: "trylion, tryliony, trylionów"},
    "uk": {12: "більйон, більйона, більйони, більйонів"},
}
"""Words for powers of ten, by the power they have in the language itself."""

MISTAKEN: Mapping[int, tuple[str, ...]] = {12: ("bil", "біл"), 18: ("tril", "tryl")}
"""How words of the long scale begin that are mistaken for the English billion and trillion, by what they are."""

_DOLLARS = "USD CAD AUD NZD HKD SGD"
_POUNDS = "GBP EGP LBP"
_CROWNS = "DKK NOK SEK CZK ISK"
_FRANCS = "CHF XAF XOF"

NAMES: Mapping[str, Mapping[str, str]] = {
    "de": {
        "CHF": "Franken",
        "GBP": "Pfund Sterling, britischen Pfund, britischer Pfund",
        "PLN": "polnische Zloty, polnische Złoty, polnischer Złoty",
        "UAH": "Hrywnja, Hrywnjas, Hrywna, Griwna",
        "USD": "amerikanische Dollar, amerikanischen Dollar",
        _CROWNS: "Krone, Kronen",
        _POUNDS: "Pfund",
    },
    "fr": {
        "JPY": "yens",
        "USD": "$ US, dollar américain, dollars américains",
        _CROWNS: "couronne, couronnes",
        _POUNDS: "livre, livres",
    },
    "pl": {
        "GBP": "funt szterling, funty szterlingi, funta szterlinga, funtów brytyjskich, funty brytyjskie",
        "JPY": "jen, jeny, jenów, jena",
        "PLN": "złoty, złote, złotych, złotego",
        "UAH": "hrywna, hrywny, hrywien",
        "USD": "dol. USA, dol. amerykańskich, dolarów USA",
        _CROWNS: "korona, korony, koron",
        _DOLLARS: "dol, dolar, dolary, dolarów, dolara",
        _FRANCS: "frank, franki, franków, franka",
        _POUNDS: "funt, funty, funtów, funta",
    },
    "uk": {
        "GBP": "фунт стерлінгів, фунти стерлінгів, фунтів стерлінгів, фунта стерлінгів, британських фунтів,"
        " британські фунти, британський фунт",
        "JPY": "єна, єни, єн",
        "PLN": "злотий, злоті, злотих, злотого",
        "UAH": "грн, гривня, гривні, гривень",
        "USD": "дол. США, долар США, долари США, доларів США, долара США, американських доларів",
        _CROWNS: "крона, крони, крон",
        _DOLLARS: "дол, долар, долари, доларів, долара",
        _FRANCS: "франк, франки, франків, франка",
        _POUNDS: "фунт, фунти, фунтів, фунта",
    },
}
"""Names of currencies, by the codes they can stand for."""

LINKS: Mapping[str, tuple[str, ...]] = {
    "fr": ("de ", "d'"), "es": ("de ",), "pt": ("de ",), "it": ("di ",), "ca": ("de ", "d'"),
}  # fmt: skip
"""What may stand between a number and the name of a currency."""

FIRMNESS: Mapping[str, Mapping[str, str]] = {
    "de": {
        "at_least": "mindestens, wenigstens, zumindest, nicht weniger als, mehr als, über, min",
        "up_to": "bis zu, bis, höchstens, maximal, nicht mehr als, max",
        "about": "rund, etwa, circa, ca, ungefähr, knapp, fast, gut",
    },
    "fr": {
        "at_least": "au moins, au minimum, pas moins de, plus de, minimum",
        "up_to": "jusqu'à, jusqu'à concurrence de, au plus, au maximum, maximum",
        "about": "environ, près de, autour de, à peu près, quelque, presque",
    },
    "pl": {
        "at_least": "co najmniej, przynajmniej, nie mniej niż, ponad, powyżej, więcej niż, min",
        "up_to": "do, maksymalnie, nie więcej niż, najwyżej, co najwyżej, maks",
        "about": "około, ok, blisko, prawie, mniej więcej",
    },
    "uk": {
        "at_least": "щонайменше, принаймні, не менше, не менше ніж, не менше як, не менш ніж, не менш як, понад,"
        " більше, більше ніж, більш ніж, від",
        "up_to": "до, щонайбільше, не більше, не більше ніж, не більше як, не більш ніж, не більш як, максимум",
        "about": "близько, приблизно, біля, майже, орієнтовно",
    },
}
"""What may stand before a promised amount, by how firm it makes it."""
