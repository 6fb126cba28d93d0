"""Invitations to a programme: made, opened, accepted."""
