"""Failures of commands, as the terminal shows them."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager

import typer

from hub.errors import HubError, Unavailable, leaves


@contextmanager
def failures() -> Iterator[None]:
    """Print each HubError as one sentence on stderr, without a traceback, and exit with 1."""
    failed = False
    try:
        yield
    except* HubError as group:  # task groups of roles may wrap the error
        failed = True
        for error in leaves(group):
            to_do = " – `hub check` says what to correct" if isinstance(error, Unavailable) else ""
            typer.secho(f"Error: {error}{to_do}", fg=typer.colors.RED, err=True)
    if failed:
        sys.exit(1)
