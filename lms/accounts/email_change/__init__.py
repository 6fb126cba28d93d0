"""Changing one's email address: a link to the new address, a notice with a way to undo to the former one."""
