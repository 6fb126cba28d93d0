"""Evidence, awards, their documents and their verification."""
