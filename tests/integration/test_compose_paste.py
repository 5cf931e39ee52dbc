"""The editor of a text for many people, in a real browser: paste, buttons, look, files."""

import json
from collections.abc import AsyncIterator
from typing import Final

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from hub.cloudevents.schemas import Schemas
from hub.rendering.publisher_text import look_of
from hub.rendering.sendable_form import Known, sendable_form
from hub.web.console.pages import _TEMPLATES
from hub.web.documents.serve import FILE, show_file
from hub.web.responses import HEADERS
from tests.integration.chromium import Browser

CIRCULAR: Final = Schemas.load().by_name["admin.circular.issued"].document
KNOWN: Final = Known(fills={"copropiedad": "ph-1", "id": "c-1", "audience": "both"})
PAGE: Final = """{% from "console/_event_form.html" import event_form with context %}
<!doctype html><html lang="es"><title>Escribir</title>
<script type="module" src="{{ file_path("compose.js") }}"></script>
<main><form method="post"><input type="hidden" name="csrf" value="token">{{ event_form(form, "/look") }}
<label class="attach">Adjuntar <input type="file" name="file" multiple></label></form></main>"""
AREA: Final = "document.querySelector('textarea[data-editor=markdown]')"
WORD: Final = """<html xmlns:o="urn:schemas-microsoft-com:office:office">
<head><style>p.MsoNormal {margin:0cm}</style>
<!--[if gte mso 9]><xml><w:WordDocument></w:WordDocument></xml><![endif]--></head><body lang=ES-CO>
<!--StartFragment--><h1>Corte de agua<o:p></o:p></h1>
<p class=MsoNormal style='margin-bottom:8.0pt'>El <b><span style='color:red'>jueves&nbsp;3 </span></b><b>de
diciembre</b> lavamos el <i>tanque</i>.<br>Recoja agua.<o:p></o:p></p>
<p class=MsoListParagraphCxSpFirst style='text-indent:-18.0pt;mso-list:l0 level1 lfo1'><![if !supportLists]>
<span style='mso-list:Ignore'>\u00b7<span style='font:7.0pt "Times New Roman"'>&nbsp;&nbsp;
</span></span><![endif]>Cierre la llave</p>
<p class=MsoListParagraphCxSpLast style='mso-list:l0 level2 lfo1'><span style='mso-list:Ignore'>o<span>&nbsp;
</span></span>La del patio</p>
<ol><li>Uno<ul><li><p>Dentro</p></li></ul></li><li>Dos</li></ol>
<p>Vea <a href="https://portal.example.com/a">el plan</a> y <a href="javascript:alert(1)">esto</a>.</p>
<script>document.title = 'owned'</script><!--EndFragment--></body></html>"""
CLEAN: Final = """## Corte de agua

El **jueves 3 de diciembre** lavamos el *tanque*.
Recoja agua.

- Cierre la llave
   - La del patio

1. Uno
   - Dentro
2. Dos

Vea [el plan](https://portal.example.com/a) y esto."""


async def show(_request: web.Request) -> web.Response:
    text = _TEMPLATES.from_string(PAGE).render(form=sendable_form(CIRCULAR, KNOWN), words={}, csrf="token")
    return web.Response(text=text, content_type="text/html", headers=dict(HEADERS))


async def look(request: web.Request) -> web.Response:
    fields = await request.post()
    assert "token" == fields["csrf"]
    return web.Response(text=str(look_of(str(fields["text"]))), content_type="text/html")


@pytest.fixture
async def page(browser: Browser) -> AsyncIterator[Browser]:
    app = web.Application()
    app.add_routes([web.get("/", show), web.post("/look", look), web.get(FILE, show_file)])
    async with TestServer(app) as server:
        await browser.go(str(server.make_url("/")))
        await browser.until("Boolean(document.querySelector('.tools button'))")
        yield browser


async def paste(browser: Browser, kind: str, content: str) -> str:
    """Paste over what the area has; return what it has then."""
    await browser.run(
        f"""(() => {{
          const data = new DataTransfer();
          data.setData({json.dumps(kind)}, {json.dumps(content)});
          {AREA}.select();
          const about = {{clipboardData: data, bubbles: true, cancelable: true}};
          {AREA}.dispatchEvent(new ClipboardEvent("paste", about));
        }})()"""
    )
    return str(await browser.run(f"{AREA}.value"))


async def test_what_is_pasted_from_word_becomes_markdown_and_is_shown_as_it_reads(page: Browser) -> None:
    pasted = await paste(page, "text/html", WORD)
    shown = await page.until("document.querySelector('.as-read:not([hidden]):has(h2)')?.innerHTML")

    assert CLEAN == pasted
    assert "<strong>jueves 3 de diciembre</strong>" in shown
    assert "style=" not in shown
    # One step back takes the whole paste away, as of any other.
    await page.press("Control+z")
    assert await page.run(f"{AREA}.value") == ""
    assert ("Escribir", []) == (await page.run("document.title"), page.complaints)


async def test_buttons_work_by_keyboard_and_twice_take_it_back(page: Browser) -> None:
    await page.run(f"{AREA}.focus(); {AREA}.value = 'Hay agua'; {AREA}.setSelectionRange(4, 8)")
    for _ in range(4):
        await page.press("Shift+Tab")
    assert await page.run("document.activeElement.textContent") == "Negrita"
    await page.press("Enter")
    assert await page.run(f"[{AREA}.value, document.activeElement === {AREA}]") == ["Hay **agua**", True]
    await page.press("Control+b")
    plain = await page.run(f"{AREA}.value")
    words = []
    for button in ("Título", "Lista", "Lista", "Enlace"):
        found = f"[...document.querySelectorAll('.tools button')].find(one => one.textContent === '{button}')"
        await page.run(f"{found}.focus()")
        await page.press("Enter")
        words.append(await page.run(f"{AREA}.value"))
    selected = await page.run(f"{AREA}.value.slice({AREA}.selectionStart, {AREA}.selectionEnd)")

    assert plain == "Hay agua"
    assert ["## Hay agua", "- Hay agua", "Hay agua"] == words[:3]
    assert ("Hay agua[palabras](https://)", "palabras") == (words[3], selected)


async def test_files_that_are_dropped_join_those_that_were_chosen(page: Browser) -> None:
    dropped = """(() => {
      const zone = document.querySelector(".attach");
      for (const name of ["uno.pdf", "dos.pdf"]) {
        const data = new DataTransfer();
        data.items.add(new File(["%PDF"], name));
        for (const kind of ["dragover", "drop"])
          zone.dispatchEvent(new DragEvent(kind, {dataTransfer: data, bubbles: true, cancelable: true}));
      }
      return [...zone.querySelector("input").files].map(file => file.name);
    })()"""

    assert ["uno.pdf", "dos.pdf"] == await page.run(dropped)
    assert not await page.run("document.querySelector('.over')")
