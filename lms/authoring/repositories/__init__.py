"""Courses from git repositories: read only, from an address that the people who run the site set up."""
