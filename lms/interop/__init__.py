"""Translate at the door: question formats of other systems, and courses as SCORM packages."""
