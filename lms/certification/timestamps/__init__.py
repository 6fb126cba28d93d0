"""Timestamps (RFC 3161): fetch them from a server, check the answer, and read them again years later."""
