"""What writers of a course can insert into a file: the Markdown of questions, callouts, replies and the like."""
