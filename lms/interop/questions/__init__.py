"""Questions in the formats of other learning systems, read into ours and written from ours."""
