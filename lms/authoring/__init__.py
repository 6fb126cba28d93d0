"""Authoring: trainers write, try and publish courses in the browser."""
