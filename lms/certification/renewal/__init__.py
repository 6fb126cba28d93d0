"""Renewal, and reminders before a certificate expires."""
