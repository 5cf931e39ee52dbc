"""`hub template`: preview the texts of messages."""

from __future__ import annotations

import tempfile
import webbrowser
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any, Final

import typer
from rich.rule import Rule

from hub.channels.whatsapp.payload import submission
from hub.doors.terminal import AsJson, console, print_json, settings, wait
from hub.errors import HubError
from hub.model import Json, Rendered
from hub.model.letters import PaperSize
from hub.operations.template_check import Finding
from hub.parts.company import CompanyRules
from hub.parts.texts import due_of, template_check
from hub.policy.residents import ALL_TEMPLATES
from hub.rendering.paper.pages import Sheet, make_pages
from hub.rendering.preview import PREVIEWED_AT, with_logo
from hub.rendering.templates import BUILT_IN, DEFAULT_LOCALE

_RULE: Final = 80
"""Columns of the rule between two texts: the console is 2,000 wide into a pipe."""

_PRINTED: Final = ("print", "board")
"""The channels that are paper."""

app = typer.Typer(no_args_is_help=True)


@app.command()
def preview(
    event: Annotated[str, typer.Argument(metavar="EVENT", help="An event's name: pqrs.received.")],
    channel: Annotated[str | None, typer.Option(help="Only this channel: email, sms, push, inbox.")] = None,
    variant: Annotated[
        str | None, typer.Option(help="Only the text of this audience: staff, owner …")
    ] = None,
    locale: Annotated[str, typer.Option(help="The language: es, en.")] = DEFAULT_LOCALE,
    html: Annotated[
        Path | None, typer.Option(help="Write the email's HTML here.", dir_okay=False, writable=True)
    ] = None,
    pdf: Annotated[
        Path | None,
        typer.Option(help="Write what is printed here, as a PDF.", dir_okay=False, writable=True),
    ] = None,
    show: Annotated[bool, typer.Option("--open", help="Open the email's HTML in the browser.")] = False,
    as_json: AsJson = False,
) -> None:
    """
    Render an event's texts with the first example of its schema.

      hub template preview pqrs.received --channel sms

      hub template preview pqrs.received --open

      hub template preview pqrs.received --pdf carta.pdf
    """
    company = CompanyRules(settings())
    example = _example(company, event)
    made = company.templates.preview(event, example, due_of(company, event, example), locale=locale)
    forms = {
        name: rendered
        for name, rendered in made.items()
        if channel in (None, name.rpartition("/")[2]) and variant in (None, name.rpartition("/")[0])
    }
    if not forms:
        raise HubError(f"{event} has no such text; without --channel and --variant all are shown")
    if pdf is not None:
        _write_pdf(forms, pdf, company.policy.paper.size)
    elif html is not None or show:
        _write_html(forms, html, show=show)
    elif as_json:
        print_json(forms)
    else:
        _print(forms)


@app.command()
def whatsapp(
    event: Annotated[
        str | None, typer.Argument(metavar="[EVENT]", help="Only the texts of this event.")
    ] = None,
    button: Annotated[
        bool, typer.Option("--button", help="With the button that opens the message's own page.")
    ] = False,
    locale: Annotated[str, typer.Option(help="The language: es, en.")] = DEFAULT_LOCALE,
    as_json: AsJson = False,
) -> None:
    """
    Show the texts that Meta must approve before the hub can send them over WhatsApp.

    With --json each text is a request body for Meta's `message_templates`. Templates that the policy names
    in [residents] whatsapp have a button; with --button all have it that are for residents. What Meta has
    approved with --locale en is named in [residents] whatsapp_english.

      hub template whatsapp pqrs.received
    """
    submissions = list(_submissions(event, button=button, locale=locale))
    if not submissions:
        raise HubError(f"{event} has no text for WhatsApp; without a name all are shown")
    if as_json:
        print_json(submissions)
    else:
        _print_submissions(submissions)


@app.command()
def check(
    event: Annotated[
        str | None, typer.Argument(metavar="[EVENT]", help="Only the texts of this event.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """
    Check all texts with all examples, and name what is wrong with file, line and block.

    Variables, lengths, SMS segments, sentences, links, acronyms, contrast, and what staff must not read.
    Files in HUB_TEMPLATES are checked instead of those they replace. Ends with 1 if anything is wrong.

      hub template check

      hub template check pqrs.received --json
    """
    company = CompanyRules(settings())
    if event is not None:
        _example(company, event)  # it refuses an unknown name
    findings = template_check(company).findings(event)
    if as_json:
        print_json(findings)
    else:
        _print_findings(findings, settings().templates)
    if findings:
        raise typer.Exit(1)


def _print_findings(findings: Sequence[Finding], own: Path | None) -> None:
    out = console()
    for one in findings:
        folder = own if own is not None and (own / one.file).is_file() else BUILT_IN
        where = f"{folder / one.file}:{one.line}: {one.block}{f' ({one.channel})' if one.channel else ''}"
        out.print(f"{where}: {one.rule}: {one.means}: {one.words}", markup=False, highlight=False)
    out.print(f"{len(findings)} faults" if findings else "All texts are as they should be.", markup=False)


def _submissions(event: str | None, *, button: bool, locale: str) -> Iterator[dict[str, Any]]:
    company = CompanyRules(settings())
    links, templates = company.resident_links, company.templates
    if button:
        with_all = replace(templates.texting, buttons=frozenset({ALL_TEMPLATES}))
        templates = replace(templates, texting=with_all)
    for name in company.schemas.by_name if event is None else (event,):
        example = _example(company, name)
        for approved, filled in templates.to_approve(name, example, due_of(company, name, example), locale):
            if filled.button and not (links.usable and links.page.startswith("https://")):
                raise HubError(f"{approved.name} has a button: set an https HUB_PUBLIC_URL, and HUB_SECRET")
            yield submission(approved.body, filled, page=links.page)


def _example(company: CompanyRules, event: str) -> Mapping[str, Json]:
    schema = company.schemas.by_name.get(event)
    if schema is None:
        raise HubError(f"there is no event {event}; the names are those of hub/catalog/, like pqrs.received")
    example: Mapping[str, Json] = schema.examples[0]
    return example


def _write_html(forms: Mapping[str, Rendered], path: Path | None, *, show: bool) -> None:
    page = next((with_logo(rendered) for rendered in forms.values() if rendered.html), None)
    if page is None:
        raise HubError("none of these texts has HTML; choose --channel email")
    target = path or Path(tempfile.mkstemp(prefix="hub-preview-", suffix=".html")[1])
    target.write_text(page, encoding="utf-8")
    typer.echo(target)
    if show:
        webbrowser.open(target.resolve().as_uri())


def _write_pdf(forms: Mapping[str, Rendered], path: Path, size: PaperSize) -> None:
    """Write the letters of all audiences and the posters, each from its page."""
    pages = [rendered for name, rendered in forms.items() if name.rpartition("/")[2] in _PRINTED]
    if not pages:
        raise HubError("none of these texts is printed")
    sheets = [Sheet(html=page.html) for page in pages]
    made = wait(make_pages(sheets, size=size, at=PREVIEWED_AT, title=pages[0].subject))
    path.write_bytes(made.pdf)
    typer.echo(path)


def _print(forms: Mapping[str, Rendered]) -> None:
    out = console()
    for name, rendered in forms.items():
        out.print(Rule(name, align="left"), width=min(out.width, _RULE))
        if rendered.subject:
            out.print(rendered.subject, style="bold", markup=False)
        out.print(rendered.text, markup=False)
        out.print()


def _print_submissions(submissions: Sequence[Mapping[str, Json]]) -> None:
    out = console()
    for template in submissions:
        out.print(template["name"], style="bold", markup=False)
        out.print(f"{template['language']}, {template['category']}", style="dim", markup=False)
        body, *buttons = template["components"]
        out.print(body["text"], markup=False)
        for button in (button for component in buttons for button in component["buttons"]):
            out.print(f"  [{button['text']}] {button['url']}", style="dim", markup=False)
        for example in body["example"]["body_text_named_params"]:
            out.print(f"  {example['param_name']} = {example['example']}", style="dim", markup=False)
        out.print()
