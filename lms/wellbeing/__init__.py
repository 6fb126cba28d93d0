"""Pausing, support lines and how the screen looks: what is there on every page, for everybody."""
