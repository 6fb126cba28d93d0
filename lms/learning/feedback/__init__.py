"""Feedback on lessons."""
