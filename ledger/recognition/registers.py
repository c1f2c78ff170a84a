"""Registers and periods: parties, sources, items, memberships; closing and reopening."""

from __future__ import annotations

import re

from ledger.closing import first_open_after_close, first_open_after_reopen
from ledger.errors import InputError, Refusal
from ledger.journal import JSON, Draft
from ledger.message import message
from ledger.money import item
from ledger.notation import ENGLISH
from ledger.recognition.situation import Situation, draft, require_note
from ledger.recognition.steps import Close, Join, RegisterItem, RegisterParty, RegisterSource, Reopen

_CODE = re.compile(r"[A-Za-z0-9]+(?:[-_.][A-Za-z0-9]+)*")
_LONGEST_CODE = 64


def recognise_party(step: RegisterParty, situation: Situation) -> Draft:
    """The entry that registers a party."""
    _refuse_name(situation, "party", step.code, step.name)
    facts: dict[str, JSON] = {"party": {"code": step.code, "name": step.name, "kind": str(step.kind)}}
    return draft(step, situation, "party", facts=facts)


def recognise_membership(step: Join, situation: Situation) -> Draft:
    """The entry by which a party is a member of a group, between two days."""
    member = step.membership
    situation.require_party(member.party)
    situation.require_group(member.group)
    if member.party == member.group:
        raise InputError("{party} cannot be a member of itself", party=member.party)
    if member.since and member.until and member.until < member.since:
        raise InputError(
            "a membership cannot end on {until}, before it begins on {since}", until=member.until, since=member.since
        )
    since, until = (day.isoformat() if day else None for day in (member.since, member.until))
    facts: dict[str, JSON] = {"member": {"party": member.party, "group": member.group, "since": since, "until": until}}
    return draft(step, situation, "member", facts=facts)


def recognise_source(step: RegisterSource, situation: Situation) -> Draft:
    """The entry that registers a funding source."""
    _refuse_name(situation, "source", step.code, step.name)
    return draft(step, situation, "source", facts={"source": {"code": step.code, "name": step.name}})


def recognise_item(step: RegisterItem, situation: Situation) -> Draft:
    """The entry that registers an item."""
    item(step.code)
    if step.code in ENGLISH.scales or ENGLISH.currencies(step.code):
        raise InputError("'{code}' cannot be an item's code: in an amount it means something else", code=step.code)
    _refuse_name(situation, "item", step.code, step.name)
    return draft(step, situation, "item", facts={"item": {"code": step.code, "name": step.name}})


def _refuse_name(situation: Situation, register: str, code: str, name: str) -> None:
    if not _CODE.fullmatch(code) or len(code) > _LONGEST_CODE:
        raise InputError(_NO_CODE[register].template, code=code[:_LONGEST_CODE])
    if not name.strip():
        raise InputError("{register} {code} needs a name", register=register, code=code)
    if situation.taken(register, code):
        raise Refusal(_THERE[register].template, code=code, hint=f"aidledger {register} list")


_NO_CODE = {
    "party": message("'{code}' cannot be a party's code: letters, digits and hyphens only"),
    "source": message("'{code}' cannot be a source's code: letters, digits and hyphens only"),
    "item": message("'{code}' cannot be an item's code: letters, digits and hyphens only"),
}
_THERE = {
    "party": message("there is a party {code} already"),
    "source": message("there is a source {code} already"),
    "item": message("there is an item {code} already"),
}


def recognise_closing(step: Close, situation: Situation) -> Draft:
    """The entry that closes everything up to the end of a period, with its control totals."""
    end = first_open_after_close(step.period, situation.closed_before, situation.today)
    facts: dict[str, JSON] = {
        "period": str(step.period),
        "closed_before": [_iso(situation.closed_before), end.isoformat()],
        "control_totals": [dict(row) for row in situation.control_totals(end)],
    }
    return draft(step, situation, "close", facts=facts)


def recognise_reopening(step: Reopen, situation: Situation) -> Draft:
    """The entry that opens a period again, and all that comes after it."""
    require_note(step, "reopen")
    start = first_open_after_reopen(step.period, situation.closed_before)
    facts: dict[str, JSON] = {
        "period": str(step.period),
        "closed_before": [_iso(situation.closed_before), start.isoformat()],
    }
    return draft(step, situation, "reopen", facts=facts)


def _iso(day: object) -> str | None:
    return None if day is None else str(day)
