"""Drafts of courses: their files, every revision of them, and what `lms check` says of them."""
