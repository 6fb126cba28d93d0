"""Enrolment, progress, attempts and their grading, and practice conversations played."""
