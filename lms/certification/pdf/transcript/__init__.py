"""Transcripts: a learner's PDF of all their certificates, its page and the job that makes it."""
