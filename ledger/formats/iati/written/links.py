"""Links: the citations of a pledge's entries as documents, each address once."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from urllib.parse import quote

from ledger.errors import InputError
from ledger.formats.iati.codes import WEB_PAGE
from ledger.formats.iati.written.markup import Node, coded, dated, narrative
from ledger.journal import Citation
from ledger.period import parse_date

_FORMATS = {
    ".csv": "text/csv",
    ".doc": "application/msword",
    ".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ".json": "application/json",
    ".pdf": "application/pdf",
    ".txt": "text/plain",
    ".xls": "application/vnd.ms-excel",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ".xml": "application/xml",
    ".zip": "application/zip",
}
"""Media types by how an address ends; every other one is taken for a page."""

_IN_ADDRESSES = ":/?#@!$&'()*+,;=%~"


def has_address(citation: Citation) -> bool:
    """Whether a citation can be a link: it has an address on the web."""
    return bool(citation.url and citation.url.casefold().startswith(("https://", "http://")))


def links(citations: Sequence[Citation]) -> Iterator[Node]:
    """The elements of the citations that have an address."""
    once: dict[str, Citation] = {}
    for citation in filter(has_address, citations):
        once.setdefault(str(citation.url), citation)
    for url, citation in once.items():
        said = [narrative("title", citation.title or citation.publisher or url)]
        if citation.quote:
            said.append(narrative("description", citation.quote))
        said.append(coded("category", WEB_PAGE))
        if day := _day(citation.published):
            said.append(dated("document-date", day))
        yield Node("document-link", {"url": quote(url, _IN_ADDRESSES), "format": _format(url)}, said)


def _format(url: str) -> str:
    path = url.partition("#")[0].partition("?")[0].casefold()
    return next((media for end, media in _FORMATS.items() if path.endswith(end)), "text/html")


def _day(published: str | None) -> str | None:
    """The day of publication, where a whole one is stated."""
    try:
        return parse_date(published or "").isoformat()
    except InputError:
        return None
