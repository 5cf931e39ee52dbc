"""The frames around a body: of an email, with inlined styles as mail programs need them, and of a letter."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

import css_inline

from hub.errors import InvalidTemplate
from hub.rendering.folding import COMMENT, Vault
from hub.rendering.markdown import unbroken

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


@dataclass(frozen=True, slots=True, kw_only=True)
class LayoutParts:
    """
    The content of the slots: title and preheader are text with Jinja, the body is HTML from the vault.

    The slot `subject` repeats the title as part of a page.
    """

    title: str
    preheader: str
    body: str


def frame(layout: str, parts: LayoutParts, vault: Vault) -> str:
    """Return the Jinja source of an email's whole HTML."""
    html = _filled(layout, parts, vault)
    try:
        html = _INLINER.inline(html)
    except css_inline.InlineError as exc:
        raise InvalidTemplate("the layout's style sheet cannot be read") from exc
    return checked(vault.restore(_INDENT.sub("\n", html)))


def page(layout: str, parts: LayoutParts, vault: Vault) -> str:
    """Return the Jinja source of a printed page. Its style sheet is not inlined, because it has `@page`."""
    return checked(vault.restore(_INDENT.sub("\n", _filled(layout, parts, vault))))


def _filled(layout: str, parts: LayoutParts, vault: Vault) -> str:
    title = vault.hide(parts.title.strip())
    slots = {
        "title": title,
        "subject": unbroken(title, vault),
        "preheader": vault.hide(parts.preheader.strip()),
        "body": parts.body,
    }
    return _SLOT.sub(lambda match: slots[match[1]], vault.hide(layout, COMMENT))


def checked(html: str) -> str:
    """Refuse a template in which a publisher's data could become markup or a `javascript:` link."""
    for address in _BARE_ADDRESS.finditer(html):
        if not _GUARDED.search(address[1]):
            raise InvalidTemplate(f"an address made of data needs the filter enlace: {address[1]}")
    if _DATA_AS_MARKUP.search(html):
        raise InvalidTemplate("data may not stand in a tag's name, a bare attribute, a script or a style")
    return html
