"""Wellbeing: Pause, support lines and display settings, which every page offers to everybody."""
