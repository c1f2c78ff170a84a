"""aidledger: promises of military aid, export financing and loans, kept by double entry.

``Book`` is what one opens; ``Money``, ``Selection`` and the steps are what one hands it. Names are
loaded when they are first used, so that importing the package costs nothing.
"""

from importlib import import_module

_HOMES = {
    "Book": "book",
    "Recorded": "book",
    "Worth": "book",
    "LedgerError": "errors",
    "Problem": "errors",
    "Citation": "journal",
    "Entry": "journal",
    "Posting": "journal",
    "Stage": "journal",
    "Balance": "money",
    "Money": "money",
    "Period": "period",
    "Pledge": "pledge",
    "Selection": "selection",
    "Table": "table",
}
__all__ = list(_HOMES)


def __getattr__(name: str) -> object:
    if name in _HOMES:
        return getattr(import_module(f"ledger.{_HOMES[name]}"), name)
    raise AttributeError(f"module 'ledger' has no attribute '{name}'")
