"""Years of news at once: backfill into an archive, replay of past sessions, and what their lists were worth."""
