"""Background work: the job queue, its lanes, and the sign that somebody works on it."""
