"""The checker of the concurrency trial: it finds nothing in a good history, and in a broken one what was broken."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.history_words import SECOND, Story, good, moment
from tests.trials.history import judged, told

ROOT = Path(__file__).parent.parent

Breaking = Callable[[Story], object]


def broken(story: Story) -> dict[str, list[str]]:
    """The promises that were broken, each with what was found."""
    return {name: [each.found for each in found] for name, _, _, found in judged(story.run()) if found}


def test_a_good_history_is_good_and_everything_in_it_is_looked_at() -> None:
    assert broken(good()) == {}
    assert [name for name, _, looked_at, _ in judged(good().run()) if not looked_at] == []


def _lost(story: Story) -> None:
    del story.entries[-3]  # the reversal


def _lost_and_numbers_closed(story: Story) -> None:
    del story.entries[-2]
    for number, entry in enumerate(story.entries, 1):
        entry["number"] = number


def _doubled(story: Story) -> None:
    again = dict(story.entries[3], number=len(story.entries) + 1, recorded_at=moment(40))
    story.entries.append(again)


def _gap(story: Story) -> None:
    story.entries[-1]["number"] += 1


def _reordered(story: Story) -> None:
    story.entries[3], story.entries[1] = story.entries[1], story.entries[3]
    story.renumber()


def _one_after_the_other(story: Story) -> None:
    """The second entry was acknowledged before the third was asked for, and comes after it."""
    two, three = story.entries[8], story.entries[9]
    two["recorded_at"], three["recorded_at"] = three["recorded_at"], two["recorded_at"]
    story.entries[8], story.entries[9] = three, two
    story.renumber()


def _altered(story: Story) -> None:
    for posting, amount in zip(story.entries[3]["postings"], ("9.00", "-9.00"), strict=True):
        posting["amount"] = amount


def _unbalanced(story: Story) -> None:
    story.entries[3]["postings"][0]["amount"] = "11.00"


def _time_goes_back(story: Story) -> None:
    story.entries[4]["recorded_at"] = moment(3)


def _overdrawn(story: Story) -> None:
    story.entry("cancel", "F", "cancelled 41.00 GBP", "pledged -41.00 GBP", note="d.0#0")


def _drawn_beyond(story: Story) -> None:
    draw = {"parent": "F", "child": "C", "stage": "pledged", "amount": "41.00 GBP"}
    story.entry("draw", "C", facts={"draws": [draw]}, note="d.0#0")


def _refused_and_recorded(story: Story) -> None:
    story.entry("commit", "F", "committed 1.00 GBP", "pledged -1.00 GBP", note="b.6#0")


def _unknown_twice(story: Story) -> None:
    story.entry("disburse", "F", "disbursed 1.00 GBP", "committed -1.00 GBP", note="c.0#0")


def _nobodys(story: Story) -> None:
    story.entry("commit", "F", "committed 1.00 GBP", "pledged -1.00 GBP", note="from nowhere")


def _torn_apart(story: Story) -> None:
    story.entries[5], story.entries[6] = story.entries[6], story.entries[5]
    story.renumber()


def _origin_twice(story: Story) -> None:
    story.pledge("R2", "1.00 GBP", origin="race:0")


def _two_were_first(story: Story) -> None:
    story.said("b.2")["says"]["repeated"] = False


def _row_lost(story: Story) -> None:
    story.said("b.2i")["says"]["unchanged"] = 0


def _another_report(story: Story) -> None:
    says = story.said("b.5")["says"]
    says["text"] = says["text"].replace("10.00", "10.01")


def _both_reports_wrong(story: Story) -> None:
    for call in ("a.5", "b.5"):
        story.said(call)["says"]["text"] = story.said("a.7")["says"]["text"]


def _stale_report(story: Story) -> None:
    story.said("a.7")["says"]["text"] = story.said("a.5")["says"]["text"]


def _refused_for_nothing(story: Story) -> None:
    (asked,) = [line for line in story.lines if line["call"] == "b.6" and line["is"] == "invoke"]
    asked["asks"]["amount"] = "30.00 GBP"


def _failed(story: Story) -> None:
    story.answer("d.0", "failed", words="ZeroDivisionError()")


def _dated_in_a_closed_period(story: Story) -> None:
    story.entries[-1]["on"] = "2025-01-31"


def _other_totals(story: Story) -> None:
    story.entries[0]["on"] = story.entries[1]["on"] = "2025-01-31"


def _reversed_twice(story: Story) -> None:
    story.entry("reverse", "F", "committed -10.00 GBP", "pledged 10.00 GBP", reverses=4, note="d.0#0")


def _another_reversal(story: Story) -> None:
    story.entries[-2]["reverses"] = 6


def _correction_lost(story: Story) -> None:
    changes = {"title": [None, "Another title"]}
    story.entry("amend", "F", facts={"changes": changes}, note="d.0#0")


BREAKINGS: list[tuple[Breaking, str, str]] = [
    (_lost, "once", "lost: b.3#0 is there 0 times"),
    (_lost_and_numbers_closed, "acknowledged", "entry 11 is not as it was acknowledged to a.4"),
    (_doubled, "once", "doubled: a.1#0 is there 2 times"),
    (_gap, "numbers", "entry 13 stands at place 12"),
    (_reordered, "order", "entry 3 was asked for after entry 4 was acknowledged"),
    (_one_after_the_other, "order", "was asked for after entry 10 was acknowledged"),
    (_altered, "acknowledged", "entry 4 is not as it was acknowledged to a.1"),
    (_unbalanced, "balance", "entry 4 does not balance"),
    (_time_goes_back, "moments", "time goes back at entry 5"),
    (_overdrawn, "overdrawn", "F has -600 GBP pledged after entry 13"),
    (_drawn_beyond, "facilities", "10100 of 10000 GBP are drawn from F after entry 13"),
    (_refused_and_recorded, "once", "refused, and recorded: b.6#0 is there 1 times"),
    (_unknown_twice, "once", "doubled: c.0#0 is there 2 times"),
    (_nobodys, "nobodys", "nobody asked for entry 13"),
    (_torn_apart, "together", "b.1 is there in part: [5, 7]"),
    (_origin_twice, "origins", "origin race:0 is there 2 times, acknowledged 2, as new 1"),
    (_two_were_first, "origins", "origin race:0 is there 1 times, acknowledged 2, as new 2"),
    (_row_lost, "imports", "b.2i: the rows do not add up"),
    (_another_report, "same_reports", f"two reports differ, both known at {moment(4)}"),
    (_both_reports_wrong, "known_reports", "is not what entries 1 to 4 add up to"),
    (_stale_report, "present_reports", "a report is none of the states after entries 11 to 12"),
    (_refused_for_nothing, "shortages", "F had [4000] left"),
    (_failed, "faults", "d.0 failed"),
    (_dated_in_a_closed_period, "closings", "entry 12 is dated before 2025-02-01"),
    (_other_totals, "closings", "the control totals of entry 10 are not those of its day"),
    (_reversed_twice, "reversals", "entry 13 is no reversal of entry 4, or not the only one"),
    (_another_reversal, "reversals", "entry 11 is no reversal of entry 6"),
    (_correction_lost, "corrections", "entry 13 corrects title from None, where it was 'The facility'"),
]


@pytest.mark.parametrize(
    ("breaking", "promise", "found"), BREAKINGS, ids=[breaking.__name__.strip("_") for breaking, *_ in BREAKINGS]
)
def test_a_history_that_is_broken_is_told_by_the_promise_that_was_not_kept(
    breaking: Breaking, promise: str, found: str
) -> None:
    story = good()
    breaking(story)
    assert any(found in said for said in broken(story)[promise]), broken(story)


def test_what_differs_between_the_exports_is_found() -> None:
    run = good().run()
    del run.book.register[-1]  # type: ignore[attr-defined] # a list, in a story
    run.book.listed[0]["Leaf_Hash"] = "0" * 64  # type: ignore[index] # as above
    found = {name for name, _, _, broken in judged(run) if broken}
    assert found == {"register", "listed"}


def test_the_lines_that_show_it_are_printed() -> None:
    story = good()
    _doubled(story)
    said = "\n".join(told(story.run()))
    assert "BROKEN" in said
    assert '"call": "a.1"' in said
    assert '"note": "a.1#0"' in said


def test_an_answer_that_crosses_a_call_may_come_before_or_after_it() -> None:
    story = good()
    _one_after_the_other(story)
    answered = story.said("a.3")
    answered["at"] += 3 * SECOND  # after the next call was answered: the two were open together
    assert "order" not in broken(story)


def test_the_checker_is_a_program_that_knows_nothing_of_the_ledger(tmp_path: Path) -> None:
    (tmp_path / "history").mkdir()
    story = good()
    cut = '{"call": "e.0", "is": "inv'
    text = "".join(f"{json.dumps(line)}\n" for line in story.lines) + cut
    (tmp_path / "history" / "a.jsonl").write_text(text, encoding="utf-8")
    write_exports(tmp_path, story)
    asked = "import sys; from tests.trials.history import main; code = main(sys.argv[1:]); "
    known = "print(sorted(name for name in sys.modules if name.split('.')[0] in ('ledger', 'cli'))); sys.exit(code)"
    done = subprocess.run(
        [sys.executable, "-c", asked + known, str(tmp_path)], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, ""), done.stdout
    assert "17 calls (14 ok, 1 refused, 0 failed, 2 open), 12 entries" in done.stdout
    assert done.stdout.endswith("[]\n")


def write_exports(folder: Path, story: Story) -> None:
    """Write the story's book as a trial exports it."""
    book = story.book()
    (folder / "audit").mkdir()
    (folder / "audit" / "journal.jsonl").write_text("".join(f"{line}\n" for line in book.lines), encoding="utf-8")
    for path, rows in (("export.csv", book.register), ("audit/entries.csv", book.listed)):
        lines = [",".join(rows[0]), *(",".join(row.values()) for row in rows)]
        (folder / path).write_text("".join(f"{line}\r\n" for line in lines), encoding="utf-8", newline="")
