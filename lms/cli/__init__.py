"""The `lms` command: what trainers, coordinators and those who run a site do from a terminal."""

from __future__ import annotations

import click

from lms.cli.lazy import LazyGroup
from lms.foundation.logs.setup import start_logs

COMMANDS = {
    "init": "lms.cli.init:init",
    "demo": "lms.cli.demo.demo:demo",
    "serve": "lms.cli.serving.serve:serve",
    "work": "lms.cli.serving.work:work",
    "check": "lms.cli.check:check",
    "author": "lms.cli.authoring.author:author",
    "publish": "lms.cli.courses:publish",
    "review": "lms.cli.courses:review",
    "courses": "lms.cli.courses:courses",
    "questions": "lms.cli.exchange.questions:questions",
    "pack": "lms.cli.pack:pack",
    "people": "lms.cli.people.people:people",
    "roster": "lms.cli.people.roster:roster",
    "programme": "lms.cli.programmes:programme",
    "lines": "lms.cli.lines:lines",
    "mail": "lms.cli.emails.mail:mail",
    "certificates": "lms.cli.awards.certificates:certificates",
    "keys": "lms.cli.awards.keys:keys",
    "hosts": "lms.cli.hosts:hosts",
    "audit": "lms.cli.audit:audit",
    "backup": "lms.cli.backups.backup:backup",
    "restore": "lms.cli.backups.restore:restore",
    "upgrade": "lms.cli.backups.upgrade:upgrade_site",
    "doctor": "lms.cli.doctor:doctor",
    "care": "lms.cli.care:care",
}

# What each command's own help says first, so that `lms --help` need not import the whole site.
LINES = {
    "init": "Set up the site, and print a one-time link for the first operator.",
    "demo": "Fill a site on this machine with courses and people, and print how to sign in.",
    "serve": "Serve the site. This starts and stops the web workers and one job process together.",
    "work": "Run only the job process, which makes certificates and transcripts and sends email.",
    "check": "Check courses, and list each problem with its place and how to fix it.",
    "author": "Check and preview a course each time you save a file of it, until you press Ctrl-C. It needs no site.",
    "publish": "Publish courses that have no errors. People who started an earlier version stay on it.",
    "review": "Record the review of a course by a qualified person, and issue the certificates that waited for it.",
    "courses": "Say who publishes new versions of a course, and export courses for other learning systems.",
    "questions": "Import questions from other learning systems, and export them.",
    "pack": "Print a course for a workshop: guide, role cards, observer sheets, handouts and sign-in sheet.",
    "people": "Add and list people.",
    "roster": "Invite people from a CSV or Excel file.",
    "programme": "Set up programmes.",
    "lines": "Manage support lines.",
    "mail": "Preview emails, and note those that came back.",
    "certificates": "List, verify and withdraw certificates.",
    "keys": "List signing keys, mark one as compromised, and reissue the certificates that it signed.",
    "hosts": "Serve one site from several servers: choose which keys are the site’s, and share files.",
    "audit": "Seal and verify the audit trail.",
    "backup": "Back up the database, files and keys into one file, while the site runs.",
    "restore": "Restore a site from a backup, and check that it's whole.",
    "upgrade": "Back up the site, bring its database to this version, and check that it works.",
    "doctor": "Look at the site, and say what is well, what needs attention and what to do. Nothing is changed.",
    "care": "Check a learning system against the care rules in a real browser, and list which are met.",
}


@click.group(cls=LazyGroup, places=COMMANDS, lines=LINES, context_settings={"help_option_names": ["-h", "--help"]})
def main() -> None:
    """Sidelight: a calm training site for peer supporters.

    Example: lms check courses/psychological-first-aid
    """
    start_logs()
