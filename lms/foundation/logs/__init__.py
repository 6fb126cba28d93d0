"""Logging, without secrets or personal data."""
