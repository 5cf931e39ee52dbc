"""Templates → texts. `Templates.load` reads everything once; `render` only fills in variables."""

from hub.rendering.context import Context
from hub.rendering.templates import Templates
from hub.rendering.texting import Texting

__all__ = ["Context", "Templates", "Texting"]
