"""Plans for drafts: to be approved by a second person, to be published at a time, and the emails about it."""
