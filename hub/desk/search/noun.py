"""The search: its read, as the doors have it; its page and its command have words of their own."""

from __future__ import annotations

from typing import Final

from hub.desk.search import acts
from hub.doors.act import Noun, Read

NOUN: Final = Noun(
    name="search",
    one="thing",
    audited={
        "search": "Buscó personas o mensajes",
    },
    reads=(Read(acts.find, "/search", command=""),),
)
