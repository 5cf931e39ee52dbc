"""The console's frame, list, form and confirmation: by axe-core, by keyboard, in both schemes and widths."""

from itertools import pairwise
from pathlib import Path
from typing import Final

import pytest

import hub.web
from hub.rendering import labels_es
from hub.web.console.own_line import OwnLine
from hub.web.console.pages import _TEMPLATES
from hub.web.console.shell import GROUPS
from hub.web.documents.serve import file_path
from tests.integration.axe import shown
from tests.integration.chromium import Browser
from tests.integration.looks import NARROW, WIDE
from tests.integration.test_web_console_accessible import open_page

STYLE: Final = Path(hub.web.__file__).parent / "static/shell.css"
HEAD: Final = (
    '{% extends "console/base.html" %}{% import "console/_macros.html" as ui with context %}'
    "{% block title %}Partes{% endblock %}{% block body %}"
)
COLUMNS: Final = [("Qué", ""), ("Copropiedad", "short"), ("Cartas", "n"), ("Estado", "short")]
BADGE: Final = '{% set badge = ui.badge("held", {"held": "Por colgar"}) %}'
LIST: Final = (
    "<h1>Carteles</h1>"
    + BADGE
    + '{{ ui.tabs([("/letters", "Cartas"), ("/posters", "Carteles")], "/posters", "Cartas y carteles") }}'
    '<form class="filters" method="get">{{ ui.choice("state", "Estado", [("held", "Por colgar")], "held") }}'
    '{{ ui.field("since", "Desde", "", type="date") }}<button class="btn main">Filtrar</button></form>'
    '{{ ui.chips([("Por colgar", "/posters"), ("Altos del Rosal", "/posters")]) }}'
    '{{ ui.note("Neutra.") }}{{ ui.note("Espera.", "wait") }}{{ ui.note("Importa.", "bad") }}'
    "{% set rows = namespace(all=[]) %}{% for n in range(20) %}"
    '{% set rows.all = rows.all + [{"id": n, "name": "el cartel " ~ n, "href": "/x", "urgent": n == 1,'
    ' "cells": ["Corte de agua el jueves " ~ n, "Altos del Rosal", n, badge]}] %}{% endfor %}'
    '{{ ui.list("Carteles", columns, rows.all, "", next="/n", first="/f", sheet="/s", acts=acts) }}'
)
EMPTY: Final = (
    "<h1>Carteles</h1>"
    '{{ ui.list("Carteles", columns, [], ui.empty("Ningún cartel", "Los hace…", "/surveys", "Ver")) }}'
)
FIELDS: Final = [
    {"name": "subject", "label": "Asunto", "required": True, "most": 80, "value": "Ascensor"},
    {
        "name": "mail",
        "label": "Correo",
        "kind": "email",
        "help": "El suyo",
        "wrong": "Falta la @",
        "value": "a",
    },
    {"name": "words", "label": "Qué dijo", "kind": "area"},
    {"name": "who", "label": "Quién lo tiene", "kind": "select", "options": [("me", "Usted")]},
    {"name": "day", "label": "Día", "kind": "date"},
    {
        "name": "kind",
        "label": "Qué es",
        "kind": "options",
        "options": [("q", "Queja"), ("r", "Reclamo")],
        "value": "r",
    },
    {"name": "warn", "label": "Avisarle", "kind": "tick", "help": "Por WhatsApp", "value": True},
]
FORM: Final = '<h1>Registrar</h1>{{ ui.form("/x", fields, "Registrar y avisarle", back=("/", "Volver")) }}'
CONFIRM: Final = (
    '{{ ui.confirm("¿Cancelar lo que falta?", "68 personas no lo han recibido.", "/x", "Cancelar 68 envíos",'
    ' ("/", "Dejarlos salir"), [("Deshacer", "No se puede.")], fields[:1], typed="corte-de-agua") }}'
)
BOXES: Final = """
[...document.querySelectorAll('.tabbar span')].map(word => word.getBoundingClientRect())
  .map(box => [box.left, box.right])
"""
PAGES: Final = {"list": LIST, "empty": EMPTY, "form": FORM, "confirm": CONFIRM}


async def show(browser: Browser, body: str, width: int = WIDE) -> None:
    """Show a page of the console that says this, without a hub: its style is in it."""
    text = _TEMPLATES.from_string(HEAD + body + "{% endblock %}").render(
        company="COPROSERVICIOS S.A.S.",
        navigation=GROUPS,
        here="/letters",
        live="",
        who="Laura Quintero",
        own=OwnLine(offices=("Gestión",), unread=3),
        has_account=True,
        has_inbox=True,
        signed_in=True,
        may_operate=True,
        mode="allowlist",
        mode_words=labels_es.MODES["allowlist"],
        done="Quedó como colgado.",
        csrf="token",
        columns=COLUMNS,
        fields=FIELDS,
        acts=[("Ya se colgaron", "/hung"), ("Ya se retiraron", "/taken-down")],
    )
    style = f"<style>{STYLE.read_text('utf-8')}</style>"
    await browser.go("about:blank", width=width)
    frame = (await browser.call("Page.getFrameTree"))["frameTree"]["frame"]["id"]
    html = text.replace(f'<link rel="stylesheet" href="{file_path(STYLE.name)}">', style)
    await browser.call("Page.setDocumentContent", frameId=frame, html=html)


@pytest.mark.parametrize("page", PAGES)
async def test_component_is_for_everybody(browser: Browser, page: str) -> None:
    await show(browser, PAGES[page])
    if page == "list":
        await browser.run("document.querySelectorAll('.mark input').forEach(box => { box.checked = true })")

    assert not shown(await open_page(browser, f"components-{page}"))


async def test_marked_rows_are_counted_without_a_script(browser: Browser) -> None:
    await show(browser, LIST)
    bar = "getComputedStyle(document.querySelector('.bulk')).display"
    before = await browser.run(bar)
    await browser.run("document.querySelector('.mark input').click()")

    assert (before, await browser.run(bar)) == ("none", "flex")


async def test_words_of_the_bar_for_a_thumb_stand_apart(browser: Browser) -> None:
    await show(browser, EMPTY, width=360)
    boxes = await browser.run(BOXES)

    assert 5 == len(boxes)
    assert [] == [pair for pair in pairwise(boxes) if pair[1][0] - pair[0][1] < 8], boxes
    assert boxes[0][0] >= 0
    assert boxes[-1][1] <= 360


async def test_sections_open_over_the_page_on_a_phone(browser: Browser) -> None:
    await show(browser, EMPTY, width=NARROW)
    side = "getComputedStyle(document.querySelector('.side')).display"
    before = await browser.run(side)
    await browser.run("document.querySelector('.tabbar button').click()")

    assert (before, await browser.run(side)) == ("none", "flex")
    assert (
        await browser.run("document.querySelector('.side [aria-current]').innerText.trim()")
        == "Cartas y carteles"
    )
