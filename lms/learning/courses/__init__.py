"""Pages of a course: overview, lessons, offline reading, change of version."""
