"""The `hub` command in this process: a process of its own reads all of the hub anew, for two seconds."""

import asyncio
import json
import logging
import os
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from unittest.mock import patch

import structlog
from typer.testing import CliRunner

from hub.cli.main import main


@dataclass(frozen=True, kw_only=True)
class Ended:
    """A command that has ended, as a shell would see it."""

    code: int
    out: str
    err: str


async def command(environ: Mapping[str, str], *arguments: str, text: str = "") -> Ended:
    """Run the command beside this event loop, for it starts one of its own."""
    return await asyncio.to_thread(run_command, environ, *arguments, text=text)


async def hub(environ: Mapping[str, str], *arguments: str, text: str = "") -> tuple[int, Any, str]:
    """Run with --json; return the exit code, stdout as JSON, and stderr."""
    done = await command(environ, *arguments, "--json", text=text)
    return done.code, json.loads(done.out or "null"), done.err


async def printed(environ: Mapping[str, str], *arguments: str) -> tuple[str, str]:
    """Run without --json, as a person does; return stdout and stderr."""
    done = await command(environ, *arguments)
    return done.out, done.err


def run_command(environ: Mapping[str, str], *arguments: str, text: str = "") -> Ended:
    """Run the command with these settings alone; a fault of ours, a traceback for a user, is raised."""
    unset = dict.fromkeys(name for name in os.environ if name.startswith("HUB_"))
    with (
        same_logging(),
        patch.object(sys, "argv", ["hub", *arguments]),
        CliRunner().isolation(input=text, env={**unset, **environ}) as (out, err, _),
    ):
        code = _exit_code()
        return Ended(code=code, out=out.getvalue().decode(), err=err.getvalue().decode())


def _exit_code() -> int:
    try:
        main()
    except SystemExit as ended:
        return int(ended.code or 0)
    return 0


@contextmanager
def same_logging() -> Iterator[None]:
    """A command silences the logs of its process."""
    root, config = logging.getLogger(), structlog.get_config()
    handlers, level = root.handlers[:], root.level
    try:
        yield
    finally:
        structlog.configure(**config)
        root.handlers[:] = handlers
        root.setLevel(level)
