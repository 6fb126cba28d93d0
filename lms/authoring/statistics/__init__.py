"""Question figures: what learners choose in checks, regrading, and what another pass mark would do."""
