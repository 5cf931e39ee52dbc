"""Live topics of the desk: each has a mark, which differs once something that a list shows has changed."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from functools import partial
from typing import TypeAlias

from hub.doors.act import List, Noun
from hub.doors.operator import Operator
from hub.model import EVERYTHING
from hub.parts.stores import Stores

Mark: TypeAlias = Callable[[], Awaitable[object]]
"""Returns a value that differs once something of a topic has changed."""


def marks_of(nouns: Sequence[Noun], stores: Stores) -> Mapping[str, Mark]:
    """Return topic → the mark that differs once something of it has changed, of all lists that are live."""
    live = [one for noun in nouns for one in noun.lists if one.live]
    return {one.live: partial(one.mark or _first_page(one), _watcher(one, stores)) for one in live}


def _first_page(declared: List) -> Callable[[Operator], Awaitable[object]]:
    return lambda by: declared.do(by, declared.query())


def _watcher(declared: List, stores: Stores) -> Operator:
    """Return the operator that looks for a change on behalf of all open pages; nobody is shown its rows."""
    return Operator(who="live", reach=EVERYTHING, needs=declared.needs, stores=stores)
