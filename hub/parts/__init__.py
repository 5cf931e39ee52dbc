"""The parts of a process that the desk and its doors use, each named once."""
