"""
The sender of a message with its looks: found once for each area and copropiedad, not for each message.

A publisher never chooses an address: those of the policy and the directory count only at a domain that the
company has named. An identity that cannot be used counts as absent, so that the message leaves in the
company's name.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256
from typing import Final

from hub.catalog.areas import area_of
from hub.errors import InvalidPolicy
from hub.model import Brand, InlineImage, Json, Sender
from hub.policy.png import read_png
from hub.policy.senders import BrandIdentity, Fault, Identity, SenderPolicy, domain_of, read_brand
from hub.rendering.contrast import Palette, palette

COLOR: Final = "#0b5d67"
"""The colour of a sender without one."""
TOKENS: Final[Mapping[str, str]] = {
    "var(--marca)": "'~marca~'",
    "var(--sobre-marca)": "'~sobre-marca~'",
    "var(--tinta)": "'~tinta~'",
    "var(--marca-oscura)": "'~marca-oscura~'",
    "var(--sobre-marca-oscura)": "'~sobre-marca-oscura~'",
    "var(--tinta-oscura)": "'~tinta-oscura~'",
}
"""
The colours of a layout, in the order of `Palette` → how a compiled text has them.

Data cannot have such a token: there a quote is escaped.
"""
_LOGO_HEIGHT: Final = 44
_LOGO_WIDTH: Final = 200
_MOST: Final = 10_000
"""Answers in memory. Their contents are shared: a look for each area of each copropiedad."""
_NOTHING: Final = Brand(digest=b"", data={})


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """
    Who writes and how it looks. `names` are the variables of templates, `logo` the picture of an email.

    `sms` is the name before a text message of the company or its area, `place_sms` that of the copropiedad.
    """

    sender: Sender
    logo: InlineImage | None
    names: Mapping[str, Json]
    colors: Palette
    sms: str
    place_sms: str

    def paint(self, html: str) -> str:
        """Put the colours into a text."""
        for token, color in zip(TOKENS.values(), self.colors, strict=True):
            html = html.replace(token, color)
        return html


class Identities:
    """
    The identities of a company. `firm` is its own sender, whose domain is always a configured one.

    Raises InvalidPolicy for an address of the policy at another domain: the hub must not start with it.
    """

    def __init__(self, senders: SenderPolicy, firm: Sender) -> None:
        self._senders = senders
        self._sender = firm
        self.domains: Final = frozenset({domain_of(firm.address), *senders.domains})
        self._reply_domains = self.domains | {domain_of(firm.reply_to)}
        self._refuse_foreign()
        self.firm: Final = self._made("", read_brand({}))
        self._found: dict[tuple[str, str, bytes], Look] = {}
        self._made_before: dict[tuple[str, bytes], Look] = {}

    def of(self, event_name: str, data: Mapping[str, Json], brand: Brand | None) -> Look:
        """Return who writes about such an event."""
        if brand is None and not self._senders.areas:
            return self.firm
        own = _NOTHING if brand is None else brand
        subject = event_name, str(data.get("service_area")), own.digest
        return self._found.get(subject) or self._find(subject, own)

    def foreign(self, identity: Identity) -> Iterator[tuple[str, Fault]]:
        """Yield the fields with an address at a domain that is not the company's."""
        if identity.address and domain_of(identity.address) not in self.domains:
            yield "address", Fault.FOREIGN
        if identity.reply_to and domain_of(identity.reply_to) not in self._reply_domains:
            yield "reply_to", Fault.FOREIGN

    def _refuse_foreign(self) -> None:
        for place, identity in self._senders.levels():
            for field, why in self.foreign(identity):
                raise InvalidPolicy(f"{place}.{field}: {why}")

    def _find(self, subject: tuple[str, str, bytes], brand: Brand) -> Look:
        """Take the area of the event's type; where nobody has an identity for it, the one its data names."""
        own = read_brand(brand.data)
        known = {*self._senders.areas, *own.areas}
        areas = area_of(subject[0]), subject[1]
        key = next((area for area in areas if area in known), ""), brand.digest
        if len(self._found) >= _MOST:
            self._found.clear()
            self._made_before.clear()
        look = self._found[subject] = self._made_before.get(key) or self._made(key[0], own)
        self._made_before[key] = look
        return look

    def _made(self, area: str, brand: BrandIdentity) -> Look:
        company = [self._senders.firm, self._senders.areas.get(area, Identity())]
        place = [brand.own, brand.areas.get(area, Identity())]
        levels = [*company, *place]
        sender = self._sender_of(levels)
        logo = _last(levels, "logo")
        return Look(
            sender=sender,
            logo=_image(logo),
            names={
                "brand_logo": _shown(logo, _last(levels, "logo_alt") or sender.name),
                "brand_signature": _last(levels, "signature").strip(),
            },
            colors=palette(_last(levels, "color").lower() or COLOR),
            sms=_last(company, "sms"),
            place_sms=_last(place, "sms"),
        )

    def _sender_of(self, levels: Sequence[Identity]) -> Sender:
        """An address is also where answers to it go, unless its level or a nearer one says otherwise."""
        address, reply_to = self._sender.address, self._sender.reply_to
        for level in levels:
            foreign = dict(self.foreign(level))
            if level.address and "address" not in foreign:
                address = reply_to = level.address
            if level.reply_to and "reply_to" not in foreign:
                reply_to = level.reply_to
        return Sender(name=_last(levels, "name") or self._sender.name, address=address, reply_to=reply_to)


def _last(levels: Sequence[Identity], field: str) -> str:
    """Return the field of the nearest level that has it."""
    return next((found for level in reversed(levels) if (found := getattr(level, field))), "")


@lru_cache(maxsize=256)
def _image(logo: str) -> InlineImage | None:
    if not logo:
        return None
    content = read_png(logo).content
    return InlineImage(cid=f"logo-{sha256(content).hexdigest()[:16]}", content=content)


def _shown(logo: str, alt: str) -> Json:
    """Return what a layout shows: half the pixels, at most as high as two lines of the name beside it."""
    image = _image(logo)
    if image is None:
        return ""
    png = read_png(logo)
    scale = min(_LOGO_HEIGHT / png.height, _LOGO_WIDTH / png.width, 1)
    return {
        "cid": image.cid,
        "base64": b64encode(png.content).decode(),
        "width": max(1, round(png.width * scale)),
        "height": max(1, round(png.height * scale)),
        "alt": alt,
    }
