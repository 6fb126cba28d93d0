"""The list of a programme's people: their status, kept as they go, and found, counted and paged in SQL."""
