"""The residents' page: what one person sees and does there. The web is one door to it."""
