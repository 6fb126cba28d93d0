"""Checks of a running site, each a function from facts to a result; the rooms above add checks of their own."""
