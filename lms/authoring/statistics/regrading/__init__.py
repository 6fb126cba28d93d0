"""Marking earlier checks again: what it would do, proposing it, deciding about it, and trying another rule."""
