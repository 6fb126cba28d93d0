"""Statements: how SQLite and PostgreSQL differ, questions compiled once, and deleting a few rows at a time."""
