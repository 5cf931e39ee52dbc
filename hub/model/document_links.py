"""The links in an event's data at which a document is. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Final

from hub.model.documents import DIGEST_FIELD, FIELD
from hub.model.json import Json

_URL: Final = re.compile(r"https?://\S+")
_FIELD: Final = re.compile(r"url|link|\w+_(ref|url)")
"""Fields that hold a document. Where to meet online (`place_or_link`) is no document."""


def document_links(data: Mapping[str, Json]) -> Iterator[str]:
    """Yield the links of the documents that the data name, also those in lists."""
    for name, value in data.items():
        if isinstance(value, list):
            for item in value:
                if isinstance(item, dict):
                    yield from document_links(item)
        elif isinstance(value, str) and _FIELD.fullmatch(name) and _URL.fullmatch(value):
            yield value


def is_given(data: Mapping[str, Json]) -> bool:
    """Return whether the hub was given the document: it has a digest, and a name that is no address."""
    return bool(data.get(DIGEST_FIELD)) and not any(document_links({FIELD: data.get(FIELD)}))
