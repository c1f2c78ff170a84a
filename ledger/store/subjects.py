"""Subjects: which entries are about a pledge, or have postings on it, as SQL.

An entry about one pledge names it in its column. A joint announcement is about several and names none there: it is
found by its postings, and, where amounts were not disclosed and there are none, as the entry that opened the pledge.
What reverses that is found from entry to entry.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import CompoundSelect, Select, Subquery, select

from ledger.store.tables import ENTRIES, PLEDGES, POSTINGS


def touching(book: int, pledge: str) -> CompoundSelect[Any]:
    """The numbers of the entries that touch one pledge."""
    about = select(ENTRIES.c.number).filter_by(book=book, pledge=pledge)
    posted = select(POSTINGS.c.entry).filter_by(book=book, pledge=pledge)
    opened = select(PLEDGES.c.entry).filter_by(book=book, id=pledge)
    return about.union(posted, joint(book, opened))


def touching_any(book: int, pledges: Select[Any]) -> CompoundSelect[Any]:
    """The numbers of the entries that touch any of the pledges with these ids."""
    about = select(ENTRIES.c.number).filter_by(book=book).where(ENTRIES.c.pledge.in_(pledges))
    posted = select(POSTINGS.c.entry).filter_by(book=book).where(POSTINGS.c.pledge.in_(pledges))
    opened = select(PLEDGES.c.entry).filter_by(book=book).where(PLEDGES.c.id.in_(pledges))
    return about.union(posted, joint(book, opened))


def about_each(book: int, pledges: Sequence[str]) -> Subquery:
    """The entries about these pledges, a row for each pledge: ``pledge number``; joint ones as they stand."""
    about = select(ENTRIES.c.pledge, ENTRIES.c.number).filter_by(book=book).where(ENTRIES.c.pledge.in_(pledges))
    same = (ENTRIES.c.book == PLEDGES.c.book) & ENTRIES.c.number.in_((PLEDGES.c.entry, PLEDGES.c.void))
    jointly = select(PLEDGES.c.id, ENTRIES.c.number).join_from(PLEDGES, ENTRIES, same & ENTRIES.c.pledge.is_(None))
    jointly = jointly.where(PLEDGES.c.book == book, PLEDGES.c.id.in_(pledges))
    return about.union_all(jointly).subquery("about")


def joint(book: int, opened: Select[Any]) -> Select[Any]:
    """The joint announcements among the entries that opened pledges, their reversals, and so on."""
    first = select(ENTRIES.c.number).filter_by(book=book, kind="joint").where(ENTRIES.c.number.in_(opened))
    chain = first.cte("joint", recursive=True)
    undone = select(ENTRIES.c.number).join_from(ENTRIES, chain, ENTRIES.c.reverses == chain.c.number)
    return select(chain.union(undone.where(ENTRIES.c.book == book)).c.number)
