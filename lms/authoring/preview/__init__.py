"""Previews: a course that is being written, on the pages that learners will see."""
