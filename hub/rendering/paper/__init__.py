"""Documents on paper: a template and data become a PDF."""

from hub.rendering.paper.pdf import make_pdf

__all__ = ["make_pdf"]
