"""Progress of a long import: a bar for a person, lines for a log, nothing for another program."""

import asyncio
import os
import pty
import re
import sys
from pathlib import Path
from typing import Final

import pytest

from tests.command_line import hub, printed

LINES: Final = 1_200
ROWS: Final = LINES * 3 + 1
"""Units, people, roles, and the copropiedad."""


@pytest.fixture
def file(tmp_path: Path) -> str:
    lines = (f"{number};Persona {number};p{number}@example.com;propietario" for number in range(LINES))
    path = tmp_path / "largo.csv"
    path.write_text("\n".join(["unidad;nombre;correo;rol", *lines]))
    return str(path)


async def test_a_log_gets_a_line_now_and_then(environ: dict[str, str], file: str) -> None:
    screen, beside = await printed(environ, "people", "import", file, "--copropiedad", "Largo", "--apply")

    counts = [int(done) for done in re.findall(rf"Escribiendo: (\d+) / {ROWS}", beside)]
    assert [1000, 2000, 3000, ROWS] == counts
    assert "Escribiendo" not in screen


async def test_another_program_gets_json_and_nothing_beside_it(environ: dict[str, str], file: str) -> None:
    code, result, beside = await hub(environ, "people", "import", file, "--copropiedad", "Largo", "--apply")

    assert (0, True, "") == (code, result["applied"], beside)


async def test_a_person_gets_a_bar(environ: dict[str, str], file: str) -> None:
    ours, theirs = pty.openpty()
    command = (sys.executable, "-m", "hub", "people", "import", file, "--copropiedad", "Largo", "--apply")
    process = await asyncio.create_subprocess_exec(
        *command, env={**environ, "TERM": "xterm"}, stdout=asyncio.subprocess.PIPE, stderr=theirs
    )
    os.close(theirs)
    screen = asyncio.get_running_loop().run_in_executor(None, _read_all, ours)
    out, _ = await asyncio.wait_for(process.communicate(), 60)

    shown = (await asyncio.wait_for(screen, 10)).decode()
    assert "Escribiendo" in shown
    assert "100%" in shown
    assert b"Escrito." in out
    assert "Escribiendo: " not in shown


def _read_all(descriptor: int) -> bytes:
    found = b""
    try:
        while some := os.read(descriptor, 1 << 16):
            found += some
    except OSError:
        # The error of Linux when nobody holds the other end any more.
        pass
    finally:
        os.close(descriptor)
    return found
