"""Rights of people over their data: to know it, to have it rectified, to be erased (Ley 1581, art. 8)."""
