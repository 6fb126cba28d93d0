"""The knowledge check: attempts, saved answers, results, refreshers."""
