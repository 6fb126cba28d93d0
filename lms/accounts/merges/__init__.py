"""Merged accounts: which account was merged into which, and until when that can be undone."""
