"""The blocks of one audience → its forms, in their frames; compiled on first use, because that is slow."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache, lru_cache, partial
from types import MappingProxyType
from typing import Final

import css_inline

from hub.catalog import BY_NAME
from hub.errors import InvalidTemplate
from hub.model import Json, Purpose
from hub.rendering.approved import approve
from hub.rendering.engine import NO_FILTERS, Engine, Filters, Form
from hub.rendering.folding import COMMENT, Vault
from hub.rendering.forms import EventTexts
from hub.rendering.frame_es import FRAME
from hub.rendering.identities import TOKENS
from hub.rendering.markdown import parse, to_html, to_text, unbroken, unwrapped
from hub.rendering.source import Source

_SLOT: Final = re.compile(r"\[\[(title|subject|preheader|body)\]\]")
_INDENT: Final = re.compile(r"\n\s+")
# Data that becomes a whole URL must have passed the https-only filter.
_BARE_ADDRESS: Final = re.compile(r"""\b(?:href|src|action)\s*=\s*["']?\s*(\{\{.*?\}\})""", re.DOTALL)
_GUARDED: Final = re.compile(r"\|\s*enlace\s*-?\}\}$")
_DATA_AS_MARKUP: Final = re.compile(
    r"</?[\w-]*\{\{|<[^<>{}]*\s\{\{[^<>]*>|<(?:script|style)\b[^>]*>[^<]*\{\{"
)
_INLINER: Final = css_inline.CSSInliner(
    keep_style_tags=False, keep_at_rules=True, load_remote_stylesheets=False, minify_css=True
)


BLOCKS: Final = (
    "push_title",
    "push_body",
    "board_title",
    "preheader",
    "subject",
    "body",
    "print",
    "board",
    "sms",
    "whatsapp",
)
"""Longest names first: `staff_push_body` is the push_body of the variant `staff`."""

FALLBACKS: Final[Mapping[str, str]] = {"push_title": "subject", "push_body": "sms", "print": "body"}
"""Form → the block used if the form has no block of its own."""

MOST_PAGES: Final = 512
"""Texts of which a process keeps the sources of mail and letter."""

APPROVED: Final = frozenset({"whatsapp"})
"""Blocks whose text a provider approves."""


class Compiler:
    """
    `layout` is the email's HTML with slots, `footer` follows its text, `letter` is the printed page, `poster`
    the page of a notice board.

    `constants` are the variables that are the same in every message, `filters` those of another locale,
    whose `frame` they have, too.
    """

    def __init__(
        self,
        layout: str,
        footer: str,
        letter: str,
        poster: str = "",
        *,
        constants: Mapping[str, Json],
        filters: Filters = NO_FILTERS,
    ) -> None:
        self.engine: Final = Engine({"frame": FRAME, **constants}, filters)
        self._layout = layout
        self._letter = letter
        self._poster = poster
        self._footers = {
            staff: self.engine.shared_text("layout", lambda: footer, to_staff=staff)
            for staff in (True, False)
        }

    def words(self, event_name: str, source: Source) -> dict[str | None, EventTexts]:
        return {
            variant: self._compile(
                f"{event_name}/{variant}" if variant else event_name,
                blocks,
                source,
                staff=event_name in BY_NAME and BY_NAME[event_name].is_for_staff(variant),
                residents=_is_for_residents(event_name, variant),
            )
            for variant, blocks in _variants(source.blocks).items()
        }

    def _compile(
        self, name: str, blocks: Mapping[str, str], source: Source, *, staff: bool, residents: bool
    ) -> EventTexts:
        forms: dict[str, Form] = {}
        for form in ("subject", "sms", "push_title", "push_body", "board_title"):
            block = blocks.get(form, blocks.get(FALLBACKS.get(form, form)))
            if block is not None:
                forms[form] = self.engine.text(f"{name}.{form}", partial(source.with_prelude, block))
        if "body" in blocks:
            forms |= self._bodies(f"{name}.body", blocks, source, staff=staff)
        if "board" in blocks:
            forms |= self._boards(f"{name}.board", blocks, source)
        approved = {
            form: approve(f"{name}.{form}", blocks[form], source, self.engine, for_residents=residents)
            for form in APPROVED & blocks.keys()
        }
        return EventTexts(name, forms, approved)

    def _boards(self, name: str, blocks: Mapping[str, str], source: Source) -> dict[str, Form]:
        @cache
        def boards() -> Mapping[str, str]:
            try:
                return _board(self._poster, tuple(sorted(blocks.items())))
            except InvalidTemplate as exc:
                raise InvalidTemplate(f"{name}: {exc}") from exc

        def source_of(form: str) -> str:
            return source.with_prelude(boards()[form])

        kinds = {"board": self.engine.html, "board_text": self.engine.text}
        return {form: make(name, partial(source_of, form)) for form, make in kinds.items()}

    def _bodies(
        self, name: str, blocks: Mapping[str, str], source: Source, *, staff: bool
    ) -> dict[str, Form]:
        @cache
        def bodies() -> Mapping[str, str]:
            try:
                return _pages(self._layout, self._letter, tuple(sorted(blocks.items())))
            except InvalidTemplate as exc:
                raise InvalidTemplate(f"{name}: {exc}") from exc

        def source_of(form: str) -> str:
            return source.with_prelude(bodies()[form])

        html, text = self.engine.html, self.engine.text
        kinds = {"email": html, "html": html, "text": text, "letter": html, "letter_text": text}
        forms = {form: make(name, partial(source_of, form), to_staff=staff) for form, make in kinds.items()}
        return {**forms, "footer": self._footers[staff]}


@lru_cache(maxsize=MOST_PAGES)
def _board(layout: str, of_file: tuple[tuple[str, str], ...]) -> Mapping[str, str]:
    """Return the sources of a poster: most versions of all templates share most of them."""
    blocks, vault = dict(of_file), Vault()
    tokens = parse(blocks["board"], vault)
    body = unwrapped(unbroken(to_html(tokens), vault), vault)
    poster = page(layout, vault, title=blocks.get("board_title", ""), body=body)
    return MappingProxyType({"board": poster, "board_text": vault.restore(to_text(tokens))})


@lru_cache(maxsize=MOST_PAGES)
def _pages(layout: str, letter: str, blocks: tuple[tuple[str, str], ...]) -> Mapping[str, str]:
    """Return the sources of mail and letter: most versions of all templates share most of them."""
    return MappingProxyType(_bodies(layout, dict(blocks)) | _letter(letter, dict(blocks)))


def _bodies(layout: str, blocks: Mapping[str, str]) -> dict[str, str]:
    """Markdown → Jinja sources. The preheader, which phones preview, defaults to the push text."""
    vault = Vault()
    tokens = parse(blocks["body"], vault)
    html = unwrapped(unbroken(to_html(tokens), vault), vault)
    title = blocks.get("subject", "")
    preheader = blocks.get("preheader", blocks.get("push_body", ""))
    return {
        "email": frame(layout, vault, title=title, preheader=preheader, body=html),
        "html": checked(vault.restore(html)),
        "text": vault.restore(to_text(tokens)),
    }


def _letter(layout: str, blocks: Mapping[str, str]) -> dict[str, str]:
    """Use the block `print` if there is one, else the body: paper has no links and buttons."""
    vault = Vault()
    tokens = parse(blocks.get("print", blocks[FALLBACKS["print"]]), vault)
    body = unwrapped(unbroken(to_html(tokens), vault), vault)
    letter = page(layout, vault, title=blocks.get("subject", ""), body=body)
    return {"letter": letter, "letter_text": vault.restore(to_text(tokens))}


def _is_for_residents(event_name: str, variant: str | None) -> bool:
    """Return whether nobody of staff reads this text: all of its messages have the link to their page."""
    readers = BY_NAME[event_name].readers_of(variant) if event_name in BY_NAME else ()
    to_staff = any(audience.is_staff or audience.purpose is Purpose.INTERNAL for audience in readers)
    return bool(readers) and not to_staff


def _variants(blocks: Mapping[str, str]) -> dict[str | None, dict[str, str]]:
    """`staff_subject` is the subject of the variant `staff`."""
    variants: dict[str | None, dict[str, str]] = {}
    for name, source in blocks.items():
        form = next((block for block in BLOCKS if name == block or name.endswith(f"_{block}")), None)
        if form is None:
            raise InvalidTemplate(f"no block is called {name}")
        variant = name.removesuffix(form).removesuffix("_") or None
        variants.setdefault(variant, {})[form] = source
    return variants


def frame(layout: str, vault: Vault, *, title: str, preheader: str, body: str) -> str:
    """
    Return the Jinja source of an email's whole HTML.

    Title and preheader are text with Jinja, the body is HTML from the vault.
    """
    html = _filled(layout, vault, title, preheader, body)
    try:
        html = _INLINER.inline(html)
    except css_inline.InlineError as exc:
        raise InvalidTemplate("the layout's style sheet cannot be read") from exc
    return checked(vault.restore(_INDENT.sub("\n", _with_tokens(html))))


def page(layout: str, vault: Vault, *, title: str, body: str) -> str:
    """Return the Jinja source of a printed page. Its style sheet is not inlined, because it has `@page`."""
    html = _with_tokens(_filled(layout, vault, title, "", body))
    return checked(vault.restore(_INDENT.sub("\n", html)))


def _filled(layout: str, vault: Vault, title: str, preheader: str, body: str) -> str:
    """Fill the slots; `subject` repeats the title as part of a page."""
    title = vault.hide(title.strip())
    slots = {
        "title": title,
        "subject": unbroken(title, vault),
        "preheader": vault.hide(preheader.strip()),
        "body": body,
    }
    return _SLOT.sub(lambda match: slots[match[1]], vault.hide(layout, COMMENT))


def _with_tokens(html: str) -> str:
    """Write the brand's colours so that only the layout can have them: a mail program knows no `var()`."""
    for variable, token in TOKENS.items():
        html = html.replace(variable, token)
    return html


def checked(html: str) -> str:
    """Refuse a template in which a publisher's data could become markup or a `javascript:` link."""
    for address in _BARE_ADDRESS.finditer(html):
        if not _GUARDED.search(address[1]):
            raise InvalidTemplate(f"an address made of data needs the filter enlace: {address[1]}")
    if _DATA_AS_MARKUP.search(html):
        raise InvalidTemplate("data may not stand in a tag's name, a bare attribute, a script or a style")
    return html
