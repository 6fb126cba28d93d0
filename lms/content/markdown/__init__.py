"""Markdown of a course: blocks, prose, notices, and what is allowed in them."""
