"""A PostgreSQL that is reached over TLS: the site works, and a certificate that isn't trusted is told in one line."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner

from lms.cli import main
from lms.foundation.background.jobs import Jobs
from lms.foundation.checkup.database import look
from lms.foundation.db import db
from lms.foundation.mail.outbox import LANE
from lms.foundation.per_app import provided
from tests.builders.encrypting import Front, encrypting
from tests.builders.learning import begin
from tests.conftest import Site, app_of, settings_for
from tests.foundation.mail_servers import make_papers
from tests.postgres import Cluster

pytestmark = pytest.mark.postgres


@pytest.fixture
def front(postgres: Cluster, tmp_path: Path) -> Iterator[Front]:
    with encrypting(postgres, make_papers(tmp_path / "papers").context) as started:
        yield started


def test_pages_forms_and_pushes_reach_a_server_that_speaks_tls_only(
    filled_sqlite: Path, filled_postgres: str, postgres: Cluster, front: Front, tmp_path: Path
) -> None:
    url = postgres.clone(filled_postgres)
    shutil.copytree(filled_sqlite / "files", tmp_path / "files")
    trusted = front.url(url, sslmode="verify-full", sslrootcert=str(tmp_path / "papers" / "ca.pem"))
    settings = settings_for(tmp_path, trusted)
    site = Site(app_of(settings), settings)
    begin(site.visitor("lena"))
    with site.inside():
        provided(Jobs).push("mail.send", "")
        assert provided(Jobs).count_pushes()[LANE] == 1
        provided(Jobs).close()
        assert [one.check for one in look(settings) if one.to_do] == []
        db.session.remove()
        db.engine.dispose()
    postgres.drop(url)


TROUBLES = {
    "of another authority": ("sslmode=verify-full&sslrootcert={folder}/other/ca.pem", "certificate verify failed"),
    "for another name": ("sslmode=verify-full&sslrootcert={folder}/papers/ca.pem&host=localhost", "host name"),
    "no such file": ("sslmode=verify-full&sslrootcert={folder}/none.pem", 'none.pem" does not exist'),
    "no such mode": ("sslmode=always", "invalid sslmode value"),
}


@pytest.mark.parametrize("case", TROUBLES)
def test_a_certificate_that_is_not_trusted_is_told_in_one_line(
    front: Front, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, case: str
) -> None:
    options, words = TROUBLES[case]
    make_papers(tmp_path / "other")
    url = front.url("sidelight@/nowhere") + options.format(folder=tmp_path)
    settings = settings_for(tmp_path / "data", f"postgresql://{url}")
    monkeypatch.setenv("LMS_DATA", str(settings.data))
    monkeypatch.setenv("LMS_DATABASE_URL", settings.database_url)
    done = CliRunner().invoke(main, ["people", "list"])
    assert done.exit_code == 1 and len(done.output.splitlines()) == 1 and words in done.output
    assert done.output.endswith("Check sslmode and sslrootcert in LMS_DATABASE_URL, and the server’s certificate.\n")
    with app_of(settings).app_context():
        (finding,) = look(settings)
    assert words in finding.text and finding.to_do.startswith("Check sslmode and sslrootcert")
