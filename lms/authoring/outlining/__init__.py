"""Changing the outline of a draft: parts and pictures are added, renamed, moved and removed."""
