"""What operators do: dead letters, redrive, pause, letters, import, explain, simulate."""
