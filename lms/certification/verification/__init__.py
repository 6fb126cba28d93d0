"""Verification: by code, by file, in bulk and by API."""
