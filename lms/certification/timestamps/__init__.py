"""Timestamps (RFC 3161): fetched from a server, held to what was asked, and read again years later."""
