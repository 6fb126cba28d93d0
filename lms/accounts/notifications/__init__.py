"""Which emails somebody wants, and when."""
