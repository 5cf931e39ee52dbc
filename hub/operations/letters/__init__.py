"""Letters as work of an office: print a batch, post, hand over."""

from hub.operations.letters.printer import LetterPrinter, PrintedPages
from hub.operations.letters.progress import hand_over, make_batch, post, to_hand_over

__all__ = ["LetterPrinter", "PrintedPages", "hand_over", "make_batch", "post", "to_hand_over"]
