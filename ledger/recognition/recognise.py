"""The one door: a step of any kind, and the entry it becomes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from ledger.journal import Draft
from ledger.recognition import corrections, joint, matches, moves, promises, reductions, registers, steps
from ledger.recognition.situation import Situation

_RECOGNISERS: Mapping[type[steps.Step], Callable[[Any, Situation], Draft]] = {
    steps.Announce: promises.recognise_announcement,
    steps.AnnounceJointly: joint.recognise_joint_announcement,
    steps.Move: moves.recognise_move,
    steps.Correct: reductions.recognise_correction,
    steps.Draw: promises.recognise_draw,
    steps.Supersede: promises.recognise_supersession,
    steps.Revise: promises.recognise_revision,
    steps.Amend: corrections.recognise_amendment,
    steps.Distinguish: corrections.recognise_distinction,
    steps.Reverse: corrections.recognise_reversal,
    steps.Restate: corrections.recognise_restatement,
    steps.Match: matches.recognise_match,
    steps.Close: registers.recognise_closing,
    steps.Reopen: registers.recognise_reopening,
    steps.RegisterParty: registers.recognise_party,
    steps.Join: registers.recognise_membership,
    steps.RegisterSource: registers.recognise_source,
    steps.RegisterItem: registers.recognise_item,
}


def recognise(step: steps.Step, situation: Situation) -> Draft:
    """The entry a step becomes in this situation: pure, so the same step there gives the same entry.

    Raises a :class:`~ledger.errors.LedgerError` that says what, where and what to do.
    """
    return _RECOGNISERS[type(step)](step, situation)
