"""Inviting people from a file: a preview of every row, then a job that invites them."""
