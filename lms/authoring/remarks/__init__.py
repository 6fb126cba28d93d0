"""Learners' feedback that waits for a reply."""
