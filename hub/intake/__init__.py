"""INTAKE: events from the wire become rows, then tickets."""
