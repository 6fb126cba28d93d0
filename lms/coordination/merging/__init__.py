"""Merging two accounts of one person: what moves, the preview, and undoing it within 30 days."""
