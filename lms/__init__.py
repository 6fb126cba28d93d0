"""Sidelight: a trauma-informed training LMS for peer supporters."""
