"""Courses that a programme asks people to take: assignments, more time, and reminders that a coordinator writes."""
