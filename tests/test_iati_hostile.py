"""Hostile files of IATI: each is refused or rejected in one line, and none makes memory grow with it."""

import subprocess
import sys
import tracemalloc
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ledger.errors import InputError
from ledger.formats import stream
from ledger.formats.iati import build, read, survey
from ledger.recognition.proposal import Proposal, Rejection, Remark
from tests.iati_words import activities, activity, findings, proposals, rejections, remarks, transaction

LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 30))
BOMB = f'<!DOCTYPE x [<!ENTITY l0 "ha">{LAUGHS}]><iati-activities>&l29;</iati-activities>'
OUTSIDE = '<!DOCTYPE x [<!ENTITY f SYSTEM "file:///etc/passwd">]><iati-activities>&f;</iati-activities>'
PARAMETER = '<!DOCTYPE x [<!ENTITY % f SYSTEM "http://127.0.0.1:1/x.dtd"> %f;]><iati-activities/>'
ELSEWHERE = '<!DOCTYPE iati-activities SYSTEM "http://127.0.0.1:1/x.dtd"><iati-activities/>'


@pytest.fixture
def file(tmp_path):
    def written(data):
        path = tmp_path / "hostile.xml"
        path.write_bytes(data if isinstance(data, bytes) else data.encode())
        return path

    return written


def refused(path):
    with pytest.raises(InputError) as caught:
        list(read.read(path).findings)
    said = caught.value.message
    assert "\n" not in said
    return said


@pytest.mark.parametrize("text", [BOMB, OUTSIDE, PARAMETER, ELSEWHERE], ids=["bomb", "file", "parameter", "elsewhere"])
def test_a_doctype_is_refused_before_what_it_declares_is_looked_at(file, text):
    assert "it has a DOCTYPE" in refused(file(text))


def test_elements_nested_deeper_than_a_hundred_are_refused(file):
    said = refused(file('<iati-activities version="2.03">\n' + "<a>" * 100_000))
    assert "line 2: its elements are nested deeper than 100" in said


def test_a_tag_that_never_ends_is_refused(file):
    endless = b'<iati-activities version="2.03"><iati-activity x="' + b"y" * (3 * 2**20)
    assert "it has a tag or comment of more than 2 MiB" in refused(file(endless))


def test_a_comment_that_never_ends_is_refused(file):
    endless = b"<iati-activities><!--" + b"y" * (3 * 2**20)
    assert "it has a tag or comment of more than 2 MiB" in refused(file(endless))


def test_a_file_of_ever_new_names_is_refused(file):
    names = "".join(f"<n{n}/>" for n in range(30_000))
    assert "more than 20,000 different names" in refused(file(f"<iati-activities>{names}</iati-activities>"))


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-be", "utf-32"])
def test_a_wide_encoding_is_refused(file, encoding):
    assert "hostile.xml cannot be read: it " in refused(file(activities(activity()).encode(encoding)))


def test_bytes_that_are_no_text_are_refused(file):
    assert "not well-formed" in refused(file(activities(activity()).encode() + b"\xff\xfe\x00"))
    assert "not well-formed" in refused(file(b"<iati-activities>\xc3\x28</iati-activities>"))


def test_a_mark_at_the_beginning_is_no_hindrance(file):
    assert len(proposals(findings(file(b"\xef\xbb\xbf" + activities(activity()).encode())))) == 1


def test_more_activities_than_are_held_are_refused(file, monkeypatch):
    monkeypatch.setattr(survey.survey, "__defaults__", (2,))
    assert "import them in parts" in refused(file(activities(activity("A"), activity("B"), activity("C"))))


def test_a_text_that_is_too_long_spoils_its_transaction_only(file):
    long = "9" * (stream.LONGEST_TEXT + 1)
    found = findings(file(activities(activity(rest=transaction(value=long) + transaction(value="5")))))
    assert rejections(found) == ["XA-1: transaction 1: this is longer than a million characters"]
    assert [str(one.at.value) for one in proposals(found)] == ["XA-1", "5.00 EUR"]


def test_an_attribute_that_is_too_long_spoils_its_transaction_only(file):
    long = "9" * (stream.LONGEST_TEXT + 1)
    found = findings(file(activities(activity(rest=transaction(ref=long) + transaction(value="5")))))
    assert rejections(found) == ["XA-1: transaction 1: this is longer than a million characters"]


def test_a_title_that_is_too_long_is_left_out(file):
    long = "t" * (stream.LONGEST_TEXT + 1)
    found = findings(file(activities(activity(rest=f"<title><narrative>{long}</narrative></title>"))))
    assert "XA-1: this is longer than a million characters: left out" in remarks(found)
    assert len(proposals(found)) == 1


@pytest.mark.parametrize(("limit", "most"), [("LARGEST_ACTIVITY", 2000), ("MOST_ELEMENTS", 20)])
def test_an_activity_that_is_too_large_is_rejected_alone(file, monkeypatch, limit, most):
    monkeypatch.setattr(build, limit, most)
    large = activity("LARGE", "<title>" + "<narrative>words</narrative>" * 100 + "</title>")
    found = findings(file(activities(large, activity("SMALL"))))
    assert [reason.split(": ")[0] for reason in rejections(found)] == ["LARGE"]
    assert rejections(found)[0].endswith("split it")
    assert [one.at.value for one in proposals(found)] == ["SMALL"]


def test_what_stands_in_a_finding_is_cut(file):
    long = "9" * 100_000
    found = findings(file(activities(activity(rest=transaction(value=long)))))
    (spot,) = [finding.at for finding in found if isinstance(finding, Rejection)]
    assert len(spot.value) == 500


def test_a_file_that_changes_while_it_is_read_is_no_catastrophe(file):
    path = file(activities(activity("A"), activity("B")))
    reading = read.read(path)
    path.write_text("<x>")
    assert [type(finding) for finding in reading.findings] == [Rejection, Rejection]


def test_a_broken_file_of_a_folder_is_one_rejection(file, tmp_path):
    file(BOMB)
    (tmp_path / "good.xml").write_text(activities(activity()))
    found = findings(tmp_path)
    assert len(proposals(found)) == 1
    assert len(rejections(found)) == 1
    assert rejections(found)[0].startswith("the file cannot be read: it has a DOCTYPE")


def _large(path, count):
    body = "<description><narrative>" + "words " * 900 + "</narrative></description>"
    body += "".join(transaction(on="2022-03-04", ref=f"r{n}") for n in range(5))
    with path.open("w") as written:
        written.write('<iati-activities version="2.03">')
        for n in range(count):
            written.write(f"<iati-activity>{activity(f'XA-{n}', body)}</iati-activity>\n")
        written.write("</iati-activities>")
    return path


def test_memory_does_not_grow_with_the_file(tmp_path):
    """What grows is an activity's place, less than a fiftieth of what is read: here 6 MiB more."""
    peaks = [_peak(_large(tmp_path / f"{count}.xml", count)) for count in (50, 1200)]
    assert (tmp_path / "1200.xml").stat().st_size > 6 * 2**20
    assert peaks[1] - peaks[0] < 2**20


def _peak(path):
    tracemalloc.start()
    try:
        assert sum(1 for _ in read.read(path).findings) > 50
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


MEASURE = """
import resource, sys
from itertools import islice
from pathlib import Path
from ledger.formats.iati.read import read
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
found = list(islice(read(Path(sys.argv[1])).findings, 100))
print(len(found), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)
"""


def test_memory_stays_where_it_is_for_fifty_megabytes(tmp_path):
    """The survey alone, which sees every byte, and the first findings; what the C library takes is counted too."""
    path = _large(tmp_path / "large.xml", 10_000)
    assert path.stat().st_size > 50 * 2**20
    root = Path(__file__).parent.parent
    command = [sys.executable, "-c", MEASURE, str(path)]
    done = subprocess.run(command, cwd=root, capture_output=True, text=True, check=True)
    count, grown = map(int, done.stdout.split())
    assert count == 100
    assert grown < 30 * (1024 if sys.platform != "darwin" else 2**20)


TEXT = st.text(alphabet=st.characters(codec="utf-8"), max_size=12)
WORDS = st.sampled_from(
    [
        *("iati-activity", "iati-identifier", "transaction", "transaction-type", "transaction-date", "value"),
        *("reporting-org", "title", "narrative", "recipient-country", "recipient-region", "activity-date"),
        *("related-activity", "crs-add", "loan-terms", "participating-org", "sector", "default-finance-type"),
        *("default-flow-type", "document-link", "category", "provider-org", "commitment-date", "repayment-final-date"),
    ]
)
NAMES = ["code", "ref", "iso-date", "type", "percentage", "currency", "role", "url", "rate-1", "vocabulary"]
VALUES = ["1", "2", "3", "12", "10", "610", "1100", "421", "UA", "EUR", "2022-01-01", "50", "-5", "1e9", "998"]
ATTRIBUTES = st.dictionaries(st.sampled_from(NAMES), st.one_of(TEXT, st.sampled_from(VALUES)), max_size=4)


def _markup(children):
    return st.builds(
        lambda tag, attributes, inner: f"<{tag} {_stated(attributes)}>{''.join(inner)}</{tag}>",
        WORDS,
        ATTRIBUTES,
        st.lists(children, max_size=5),
    )


def _stated(attributes):
    return " ".join(f'{name}="{_plain(value)}"' for name, value in attributes.items())


def _plain(text):
    return "".join(one for one in text if one >= " " and one not in '<>&"\x7f\ufffe\uffff')


MARKUP = st.recursive(st.one_of(TEXT.map(_plain), _markup(TEXT.map(_plain))), _markup, max_leaves=25)


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(inner=st.lists(MARKUP, max_size=6))
def test_whatever_elements_come_only_findings_do(tmp_path, inner):
    path = tmp_path / "fuzz.xml"
    path.write_text(activities(activity(rest="".join(inner)), "".join(inner)), encoding="utf-8")
    _found_or_refused(path)


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_whatever_bytes_come_only_findings_do(tmp_path, data):
    good = bytearray(activities(activity(rest=transaction("12", "100") + transaction())).encode())
    for _ in range(data.draw(st.integers(1, 6))):
        place = data.draw(st.integers(0, len(good) - 1))
        good[place : place + data.draw(st.integers(0, 3))] = data.draw(st.binary(max_size=3))
    path = tmp_path / "fuzz.xml"
    path.write_bytes(bytes(good))
    _found_or_refused(path)


@settings(max_examples=100, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.binary(max_size=400))
def test_chance_is_no_file_of_activities(tmp_path, data):
    path = tmp_path / "fuzz.xml"
    path.write_bytes(data)
    _found_or_refused(path)


def _found_or_refused(path):
    try:
        found = list(read.read(path).findings)
    except InputError:
        return
    assert all(isinstance(finding, Proposal | Rejection | Remark) for finding in found)
    origins = [step.evidence.origin for proposal in proposals(found) for step in proposal.steps]
    assert len(set(origins)) == len(origins)
