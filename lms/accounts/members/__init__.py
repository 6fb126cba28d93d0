"""Units of a programme, and one row for each person in it: their unit, staff number and line manager."""
