"""Operators of the command line: a person with a shell on the machine may do everything."""

from __future__ import annotations

import getpass
import os
from collections.abc import AsyncIterator, Collection, Mapping
from contextlib import asynccontextmanager
from functools import partial

from hub import storage
from hub.app.connections import open_appointments, open_publisher
from hub.channels.registry import names_of, traits_of
from hub.doors.operator import Operator
from hub.model import EVERYTHING, Scope
from hub.model.actors import of_shell
from hub.parts.company import CompanyRules
from hub.parts.stores import Stores
from hub.settings import load


def shell_user() -> str:
    """Return the name of the command line's user as the audit has it."""
    return of_shell(getpass.getuser())


@asynccontextmanager
async def open_operator(
    needs: Collection[Scope], environ: Mapping[str, str] = os.environ
) -> AsyncIterator[Operator]:
    """Open the stores of a command; each server is connected to at its first use."""
    settings = load(environ)
    async with (
        storage.Database(settings.database_url.reveal(), size=2) as database,
        open_publisher(settings) as publisher,
        open_appointments(settings) as appointments,
    ):
        stores = Stores(
            company=CompanyRules(settings),
            database=database,
            publisher=publisher,
            appointments=appointments,
            traits=partial(traits_of, names_of(settings)),
        )
        yield Operator(who=shell_user(), reach=EVERYTHING, needs=needs, stores=stores)
