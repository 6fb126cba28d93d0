"""Rules about reading: language, headings, contrast, line length, tables, captions, small screens."""
