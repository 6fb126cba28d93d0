"""`lms roster import`: the same as on the page, for programs as well, with nothing changed by a dry run."""

from __future__ import annotations

import json
from pathlib import Path

from click.testing import CliRunner, Result

from lms.accounts.invitations.records import Invitation
from lms.cli import main
from lms.coordination.roster.records import RosterRow
from lms.foundation.mail.outbox import OutboxMail
from tests.builders.rows import count_rows
from tests.conftest import Site

PEOPLE = "E-mail;Name;Department;Phone\namal@example.org;Amal;Ward 5;1\nnew@@example.org;No;;2\nsam@example.org;;;3\n"


def lms(site: Site, *words: object) -> Result:
    env = {"LMS_DATA": str(site.settings.data), "LMS_BASE_URL": site.settings.base_url}
    return CliRunner().invoke(main, ["roster", "import", *map(str, words), "--programme", "harbour"], env=env)


def test_a_file_is_imported_by_a_command_once_and_a_dry_run_changes_nothing(sqlite_site: Site, tmp_path: Path) -> None:
    file, site = tmp_path / "people.csv", sqlite_site
    file.write_text(PEOPLE, "cp1252")
    dry = lms(site, file, "--dry-run", "--json")
    assert dry.exit_code == 1, dry.output
    told = json.loads(dry.output)
    assert (told["dry_run"], told["results"]) == (True, {"problem": 1, "invited": 1, "here": 1})
    assert [(one["row"], one["column"]) for one in told["problems"]] == [(3, "E-mail")]
    assert (told["columns_left_out"], told["new_units"]) == (["Phone"], ["Ward 5"])
    assert count_rows(site, RosterRow) == count_rows(site, Invitation) == 0
    done = lms(site, file)
    assert done.exit_code == 1 and "Row 3, E-mail: An email address needs one @" in done.output
    assert "1 invited\n1 already a member\n1 can’t be used\nNew units: Ward 5\nColumns left out: Phone" in done.output
    file.write_text(PEOPLE.replace("@@", "@"))
    again = lms(site, file)
    assert again.exit_code == 0 and "1 invited\n1 invited before, nothing sent\n1 already a member" in again.output
    assert count_rows(site, Invitation) == count_rows(site, OutboxMail) == 2


def test_what_cannot_be_imported_is_told_in_a_line(sqlite_site: Site, tmp_path: Path) -> None:
    file = tmp_path / "people.csv"
    for size, content, said in (
        (0, "Name\nAmal\n", "We can’t find a row with the names of the columns"),
        (100 * 1024 * 1024, "Email\n", "people.csv is larger than 5 MB. Please split it."),
    ):
        with file.open("w") as made:
            made.write(content)
            made.truncate(size or None)
        done = lms(sqlite_site, file)
        assert done.exit_code == 1 and said in done.output and "Nothing was changed." in done.output
