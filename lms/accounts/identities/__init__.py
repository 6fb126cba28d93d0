"""Accounts of other sites with which people sign in here."""
