"""The composition root: settings and real parts come together here, and nowhere else."""
