"""A course as a SCORM 1.2 package: its manifest, and what the player in it has to know."""
