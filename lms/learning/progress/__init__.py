"""Enrolment and progress: what somebody has done in a course and what is left."""
