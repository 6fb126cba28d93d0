"""Coordinators invite people to their programme, and see who hasn't joined yet."""
