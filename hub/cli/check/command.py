"""`hub check`: one screen of the configured, reachable and missing parts, with remedies."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from typing import Final

import typer
from rich.table import Table
from rich.text import Text

from hub.cli.check.examine import examine
from hub.cli.check.finding import Finding
from hub.doors.terminal import AsJson, console, print_json, settings
from hub.errors import ConfigurationError

_MARKS: Final = {"ok": ("✔", "green"), "warn": ("!", "yellow"), "bad": ("✘", "bold red")}


async def check(as_json: AsJson = False) -> None:
    """Revisa todo lo que el hub necesita y dice qué corregir; termina con 1 si algo está mal."""
    findings = await _examined()
    if as_json:
        print_json({"items": findings, "next": None})
    else:
        _print(findings)
    if any(finding.state == "bad" for finding in findings):
        raise typer.Exit(1)


async def _examined() -> list[Finding]:
    try:
        given = settings()
    except ConfigurationError as error:
        # Without settings nothing else can be checked; this error is the finding.
        to_do = "Corrija esa variable y repita `hub check`."
        return [Finding(area="Variables", state="bad", what=str(error), to_do=to_do)]
    return await examine(given)


def _print(findings: Sequence[Finding]) -> None:
    table = Table(box=None, show_header=False, pad_edge=False)
    for area, group in groupby(findings, key=lambda finding: finding.area):
        for place, finding in enumerate(group):
            mark, style = _MARKS[finding.state]
            words = Text(finding.what)
            if finding.to_do:
                words.append(f"\n→ {finding.to_do}", style=style)
            table.add_row(Text("" if place else area, style="bold"), Text(mark, style=style), words)
    console().print(table)
    _print_end(findings)


def _print_end(findings: Sequence[Finding]) -> None:
    bad = sum(finding.state == "bad" for finding in findings)
    warnings = sum(finding.state == "warn" for finding in findings)
    if not bad and not warnings:
        typer.secho("\nTodo está en orden.", fg=typer.colors.GREEN)
    else:
        typer.secho(f"\n{bad} por corregir, {warnings} por revisar.", fg="red" if bad else "yellow")
