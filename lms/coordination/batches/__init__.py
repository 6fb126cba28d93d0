"""Bulk actions on certificates."""
