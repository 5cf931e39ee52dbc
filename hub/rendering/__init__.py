"""Templates → words. `Templates.load` compiles everything once; `render` costs only the variables."""

from hub.rendering.context import Context
from hub.rendering.templates import Templates
from hub.rendering.texting import Texting

__all__ = ["Context", "Templates", "Texting"]
