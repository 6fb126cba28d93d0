"""Fonts of certificates: which characters they hold, which of them a text needs, and those that a site adds."""
