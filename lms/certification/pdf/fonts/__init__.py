"""Fonts of certificates: the characters that they have, and the fonts that a site adds."""
