"""Doubles in the places of stores."""

from dataclasses import replace
from typing import TypeVar

from hub.parts.stores import Stores
from hub.storage import Database

S = TypeVar("S", bound=Stores)
_PUT = "_put"


def away() -> Database:
    """Return a database that does not answer, for stores that are not asked, or must not answer."""
    return Database("postgresql://127.0.0.1:1/away")


def with_doubles(stores: S, **doubles: object) -> S:
    """Return these stores with doubles in the places of some; all that is made of them is made anew."""
    made = replace(stores)
    put = {**vars(stores).get(_PUT, {}), **doubles}
    vars(made).update({**put, _PUT: put})
    return made
