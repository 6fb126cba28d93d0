"""Reading a course's files: front matter, pages, questions, conversations."""
