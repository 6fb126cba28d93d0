"""Text that copies out of a PDF as it was typed, whichever program reads it."""
