"""An email double that composes as the channel does."""

from uuid import UUID

from msgspec.structs import replace

from hub.model import Accepted, Outgoing
from hub.parts.company import CompanyRules
from hub.testing import MemoryEmail


class Composing(MemoryEmail):
    """Composes each email as the channel does, and remembers the bytes."""

    def __init__(self, rules: CompanyRules) -> None:
        super().__init__()
        self.rules = rules
        self.bytes: dict[UUID, bytes] = {}

    async def send(self, outgoing: Outgoing) -> Accepted:
        content = self.rules.compose(outgoing)
        self.bytes[outgoing.message.id] = content
        return replace(await super().send(outgoing), content=content)
