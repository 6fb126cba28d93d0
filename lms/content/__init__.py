"""Markdown in, Course out: pure functions that know neither Flask nor a database."""
