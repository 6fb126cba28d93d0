"""Lets the command run as `python -m lms.cli`."""

from lms.cli import main

main()
