"""Pages of the people who run the site: programmes, courses, accounts, email and work that waits."""
