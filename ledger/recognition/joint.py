"""Joint pledges: what several donors promise together, shared between them and recorded in one entry.

Everything is shared by largest remainder (:func:`ledger.money.split`), so that the parts of each amount sum to
the whole, to the last minor unit; ties go to the donor named first. All amounts are shared by the same weights. Where
the last unit would put a donor's firm part above its promise, or its exposure below it, these are shared in proportion
to what was promised instead.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from fractions import Fraction

from ledger.errors import InputError
from ledger.journal import JSON, Draft, Posting
from ledger.money import Commodity, Money, split
from ledger.pledge import Instalment, Promise
from ledger.recognition.promises import id_of, opening
from ledger.recognition.situation import Situation, draft
from ledger.recognition.steps import Announce, AnnounceJointly

Weights = Sequence[int | Fraction]


def shared(whole: Announce, donors: Sequence[str], weights: Weights = ()) -> tuple[Announce, ...]:
    """The part of each donor in what they announce together; ``whole`` says everything but the donor.

    Amounts are shared by the weights, of which there may be none where nothing has an amount. Raises
    :class:`InputError` where nothing of an amount would be left for a donor.
    """
    promises = [_promises(promise, donors, weights) for promise in whole.promises]
    stated = [_parts(amount, donors, weights) for amount in whole.stated]
    schedule = list(_instalments(whole.schedule, donors, weights))
    most = None if whole.max_exposure is None else _exposures(whole.max_exposure, promises, donors, weights)
    return tuple(
        replace(
            whole,
            donor=donor,
            promises=tuple(parts[k] for parts in promises),
            stated=tuple(parts[k] for parts in stated),
            schedule=tuple(parts[k] for parts in schedule),
            max_exposure=None if most is None else most[k],
        )
        for k, donor in enumerate(donors)
    )


def _promises(whole: Promise, donors: Sequence[str], weights: Weights) -> tuple[Promise, ...]:
    parts = _parts(whole.amount, donors, weights)
    if whole.firm is None:
        return tuple(replace(whole, amount=part) for part in parts)
    firm = split(whole.firm, weights)
    if any(some > part for some, part in zip(firm, parts, strict=True)):
        firm = split(whole.firm, [part.units for part in parts])
    return tuple(replace(whole, amount=part, firm=of_it) for part, of_it in zip(parts, firm, strict=True))


def _exposures(
    most: Money, promises: Sequence[Sequence[Promise]], donors: Sequence[str], weights: Weights
) -> tuple[Money, ...]:
    parts = _parts(most, donors, weights)
    for promised in promises:
        faces = [each.amount for each in promised]
        if faces[0].commodity == most.commodity and any(part < face for part, face in zip(parts, faces, strict=True)):
            return split(most, [face.units for face in faces])
    return parts


def _parts(amount: Money, donors: Sequence[str], weights: Weights) -> tuple[Money, ...]:
    parts = split(amount, weights)
    for donor, part in zip(donors, parts, strict=True):
        if not part:
            raise InputError("{amount} cannot be shared so: {donor} would promise nothing", amount=amount, donor=donor)
    return parts


def _instalments(
    whole: Sequence[Instalment], donors: Sequence[str], weights: Weights
) -> Iterator[tuple[Instalment, ...]]:
    """Each instalment in parts: what is due up to it is shared, so that the instalments of a donor sum to its share."""
    before: dict[Commodity, tuple[Money, ...]] = {}
    for due in whole:
        of = due.amount.commodity
        was = before.get(of, (Money(0, of),) * len(donors))
        now = split(sum(was, due.amount), weights)
        parts = [after - earlier for after, earlier in zip(now, was, strict=True)]
        if any(part.units <= 0 for part in parts):
            raise InputError(
                "the instalment of {amount} on {day} is too small to be shared: leave --schedule out",
                amount=due.amount,
                day=due.on,
            )
        before[of] = now
        yield tuple(Instalment(due.on, part) for part in parts)


def recognise_joint_announcement(step: AnnounceJointly, situation: Situation) -> Draft:
    """The entry that opens the pledges of several donors: the facts of each, and the promises of all.

    They are in one package, ``joint-`` and the first one's id where it is not said.
    """
    on = step.evidence.on or situation.today
    _refuse_parts(step)
    ids = [id_of(part, situation, on.year) for part in step.parts]
    if len(set(ids)) < len(ids):
        raise InputError("two of the pledges would have the same id: give each its own")
    package = step.parts[0].package or f"joint-{ids[0]}"
    stated: list[JSON] = []
    draws: list[JSON] = []
    postings: list[Posting] = []
    for part, pledge in zip(step.parts, ids, strict=True):
        dated = replace(part, id=pledge, package=package, evidence=replace(step.evidence, on=on))
        opened = opening(dated, situation, postings)
        stated.append(opened.facts)
        draws += [drawing.facts() for drawing in opened.drawings]
        postings += opened.postings
    facts: dict[str, JSON] = {"about": ids, "pledges": stated, **({"draws": draws} if draws else {})}
    return draft(step, situation, "joint", facts=facts, postings=postings)


def _refuse_parts(step: AnnounceJointly) -> None:
    donors = [part.donor for part in step.parts]
    if len(donors) < 2:  # noqa: PLR2004 - a pledge of one donor is no joint one
        raise InputError("a joint pledge has two donors or more")
    for place, donor in enumerate(donors):
        if donor in donors[:place]:
            raise InputError("{donor} is named twice: a donor has one share", donor=donor)
    if len({part.package for part in step.parts}) > 1:
        raise InputError("the pledges of a joint announcement are in one package")
