"""`hub template`: what a message will say, before anybody reads it."""

from __future__ import annotations

import tempfile
import webbrowser
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from hub.cli.common import AsJson, console, print_json, settings
from hub.errors import HubError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from hub.model import Rendered

app = typer.Typer(no_args_is_help=True, help="The texts of messages.")


@app.command()
def preview(
    event: Annotated[str, typer.Argument(metavar="EVENT", help="An event's name: pqrs.received.")],
    channel: Annotated[str | None, typer.Option(help="Only this one: email, sms, push, inbox.")] = None,
    variant: Annotated[
        str | None, typer.Option(help="Only the text of this audience: staff, owner …")
    ] = None,
    html: Annotated[
        Path | None, typer.Option(help="Write the email's HTML here.", dir_okay=False, writable=True)
    ] = None,
    show: Annotated[bool, typer.Option("--open", help="Open the email's HTML in the browser.")] = False,
    as_json: AsJson = False,
) -> None:
    """
    Render an event's texts with the first example of its schema.

      hub template preview pqrs.received --channel sms

      hub template preview pqrs.received --open
    """
    forms = {
        name: rendered
        for name, rendered in _render(event).items()
        if channel in (None, name.rpartition("/")[2]) and variant in (None, name.rpartition("/")[0])
    }
    if not forms:
        raise HubError(f"{event} has no such text; without --channel and --variant all are shown")
    if html is not None or show:
        _write_html(forms, html, show=show)
    elif as_json:
        print_json(forms)
    else:
        _print(forms)


def _render(event: str) -> Mapping[str, Rendered]:
    from hub.app.parts import Words  # noqa: PLC0415 - `hub --help` must not wait for it

    words = Words(settings())
    schema = words.schemas.by_name.get(event)
    if schema is None:
        raise HubError(
            f"there is no event {event}; the names are those of hub/catalog.py, like pqrs.received"
        )
    return words.templates.preview(event, schema.examples[0])


def _write_html(forms: Mapping[str, Rendered], path: Path | None, *, show: bool) -> None:
    page = next((rendered.html for rendered in forms.values() if rendered.html), None)
    if page is None:
        raise HubError("none of these texts has HTML; choose --channel email")
    target = path or Path(tempfile.mkstemp(prefix="hub-preview-", suffix=".html")[1])
    target.write_text(page, encoding="utf-8")
    typer.echo(target)
    if show:
        webbrowser.open(target.resolve().as_uri())


def _print(forms: Mapping[str, Rendered]) -> None:
    out = console()
    for name, rendered in forms.items():
        out.rule(name, align="left")
        if rendered.subject:
            out.print(rendered.subject, style="bold", markup=False)
        out.print(rendered.text, markup=False)
        out.print()
