"""The frames around a body: of an email, with inlined styles as mail programs need them, and of a letter."""

from __future__ import annotations

import re
from typing import Final

import css_inline

from hub.errors import InvalidTemplate
from hub.rendering.folding import COMMENT, Vault
from hub.rendering.identities import TOKENS
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
