"""Text: translations, sorting, grapheme clusters, CSV files."""
