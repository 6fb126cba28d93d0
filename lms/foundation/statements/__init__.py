"""Statements: how SQLite and PostgreSQL differ, queries compiled once, and deleting a few rows at a time."""
