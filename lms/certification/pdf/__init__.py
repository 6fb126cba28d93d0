"""PDF certificates and transcripts: designs, rendering, tagging, signing, archives."""
