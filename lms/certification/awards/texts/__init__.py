"""Wording of certificates: what they attest, their state and their renewal, in the reader's language."""
