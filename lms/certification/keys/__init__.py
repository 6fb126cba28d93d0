"""Signing keys, DID documents, and the signed payload of the QR code."""
