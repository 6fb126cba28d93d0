"""The deployment page is followed: its files are read by those they are for, its commands run, and a wheel runs."""

from __future__ import annotations

import os
import re
import shutil
import sqlite3
import subprocess
import sys
import venv
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
import yaml

from lms.foundation.config.settings import read_settings
from tests.conftest import ROOT
from tests.deployment.page import PAGE, Step, follow_encrypted, in_order, steps
from tests.journeys.served import LMS

OURS = re.compile(r"^(?:exec )?(?:\S*bin/)?lms ")


def files() -> dict[str, str]:
    return {step.path: step.text for step in steps() if step.path}


def settings_of(text: str) -> dict[str, str]:
    """Return the settings of an EnvironmentFile, as systemd and a shell read them."""
    pairs = (line.partition("=")[::2] for line in text.splitlines() if line)
    return {name: value.strip("'") for name, value in pairs}


def test_a_block_that_is_neither_a_command_nor_a_named_file_is_refused() -> None:
    with pytest.raises(ValueError, match="name no file"):
        steps("# A\n\nSome words:\n\n```ini\na=b\n```\n")
    (step,) = steps("# A\n\nWrite `/etc/x.conf`:\n\n   ```ini\n   a=b\n   ```\n")
    assert step == Step("A", "/etc/x.conf", "a=b\n")


def test_the_files_of_the_backup_come_before_their_timer() -> None:
    order = [step.path or step.text for step in in_order()]
    assert order.index("/etc/systemd/system/sidelight-backup.timer") < next(
        place for place, text in enumerate(order) if "enable --now sidelight-backup.timer" in text
    )


def test_each_install_of_a_checkout_compiles_what_the_account_of_the_site_cannot() -> None:
    lines = [line.strip() for line in PAGE.read_text("utf-8").splitlines()]
    after = [lines[place + 1] for place, line in enumerate(lines) if "pip install" in line and "--editable ." in line]
    assert after == [".venv/bin/python -m compileall -q lms"] * 2
    # In the container, pip compiles what it installs, as long as nobody tells it not to.
    container = (ROOT / "Containerfile").read_text("utf-8")
    assert "--no-compile" not in container and "PYTHONDONTWRITEBYTECODE" not in container


def test_the_settings_of_the_page_are_settings() -> None:
    found = settings_of(files()["/etc/sidelight.env"])
    assert read_settings(found).base_url == "https://training.example.org"
    line = next(
        line for line in (ROOT / "docs/deployment.md").read_text("utf-8").splitlines() if "postgresql:///" in line
    )
    assert read_settings({**found, **settings_of(line.strip())}).database_url.startswith(
        "postgresql+psycopg:///sidelight"
    )


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="no systemd-analyze here")
def test_systemd_takes_the_units(tmp_path: Path) -> None:
    units = []
    for path, text in files().items():
        if path.startswith("/etc/systemd/"):
            # What they start is at its place only on the machine that they are for.
            units.append(tmp_path / Path(path).name)
            units[-1].write_text(re.sub(r"/opt/sidelight/\.venv/bin/lms", sys.executable, text), "utf-8")
    assert len(units) == 3
    done = subprocess.run(["systemd-analyze", "verify", *units], capture_output=True, text=True)
    about = [line for line in done.stderr.splitlines() if "sidelight" in line]
    assert done.returncode == 0 and not about, done.stderr


@pytest.mark.skipif(shutil.which("nginx") is None, reason="no nginx here")
def test_nginx_takes_its_file(tmp_path: Path) -> None:
    site = files()["/etc/nginx/sites-available/sidelight"].replace("80;", "8089;")
    (tmp_path / "site").write_text(site, "utf-8")
    whole = f"pid {tmp_path}/pid; error_log {tmp_path}/log; events {{}} http {{ include {tmp_path}/site; }}"
    (tmp_path / "nginx.conf").write_text(whole, "utf-8")
    done = subprocess.run(["nginx", "-t", "-c", tmp_path / "nginx.conf"], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def test_the_commands_of_the_page_work_in_their_order(tmp_path: Path) -> None:
    places = {"/srv/sidelight": tmp_path / "data", "/backup": tmp_path / "backup", "/opt/sidelight": ROOT}
    (tmp_path / "backup").mkdir()
    given = settings_of(files()["/etc/sidelight.env"]) | {"LMS_MAIL_URL": "file:", "LMS_DATA": str(tmp_path / "data")}
    plain = {name: value for name, value in os.environ.items() if not name.startswith("LMS_")}
    ran = []
    for step in [*in_order(), *(step for step in steps() if step.section in {"Back up", "Restore"})]:
        for line in step.text.splitlines() if not step.path else ():
            if not OURS.match(line.strip()) or "|" in line:
                continue
            words = line.partition(" #")[0].strip().removeprefix("lms ").replace("lms restore", "restore")
            if words.startswith(("audit", "restore")) and "--verify" not in words:
                continue
            for place, here in places.items():
                words = words.replace(place, str(here))
            done = subprocess.run(
                f"{' '.join(LMS)} {words}", shell=True, cwd=ROOT, env={**plain, **given}, capture_output=True, text=True
            )
            # The doctor of a site that was made a moment ago has something to say, and ends with 1.
            assert done.returncode == (1 if words.startswith("doctor") else 0), f"{words}\n{done.stdout}{done.stderr}"
            ran.append(words.split()[0])
    assert ran == ["init", "programme", "publish", "doctor", "backup", "restore"]


@pytest.mark.slow
@pytest.mark.parametrize("tool", ["gpg", "age"])
def test_an_encrypted_backup_comes_back_with_the_other_half_of_the_key(
    tool: str, filled_sqlite: Path, tmp_path: Path
) -> None:
    if shutil.which(tool) is None:
        pytest.skip(f"{tool} isn't installed here")
    folder = shutil.copytree(filled_sqlite, tmp_path / "data")
    (tmp_path / "backup").mkdir()
    program = tmp_path / "lms"
    program.write_text(f'#!/bin/sh\nexec {" ".join(LMS)} "$@"\n', "utf-8")
    program.chmod(0o755)
    plain = {name: value for name, value in os.environ.items() if not name.startswith("LMS_")}
    environment = {**plain, "LMS_DATA": str(folder), "PATH": f"{tmp_path}:{os.environ['PATH']}"}
    places = {"/srv/sidelight": str(tmp_path / "restored"), "/backup": str(tmp_path / "backup")}
    follow_encrypted(tool, places, environment)
    (made,) = (tmp_path / "backup").iterdir()
    assert not opens_for_a_stranger(tool, made, tmp_path)
    with closing(sqlite3.connect(tmp_path / "restored" / "sidelight.db")) as connection:
        assert connection.execute("select count(*) from person").fetchone() == (6,)


def opens_for_a_stranger(tool: str, made: Path, folder: Path) -> bool:
    """Return whether somebody without the private half of the key can read a backup."""
    strange = folder / "stranger"
    strange.mkdir(mode=0o700)
    key = strange / "key.txt"
    if tool == "age":
        subprocess.run(["age-keygen", "-o", key], check=True, capture_output=True)
    decrypt = {"gpg": ["gpg", "--batch", "--decrypt", made], "age": ["age", "--decrypt", "-i", key, made]}[tool]
    done = subprocess.run(decrypt, env={**os.environ, "GNUPGHOME": str(strange)}, capture_output=True)
    if tool == "gpg":
        subprocess.run(["gpgconf", "--kill", "all"], env={**os.environ, "GNUPGHOME": str(strange)})
    return done.returncode == 0


def test_a_built_wheel_installs_and_runs_away_from_the_checkout(tmp_path: Path) -> None:
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)]
    subprocess.run(build, cwd=ROOT, check=True, capture_output=True)
    (wheel,) = tmp_path.glob("*.whl")
    home = tmp_path / "venv"
    venv.create(home, with_pip=False)
    install = [
        sys.executable,
        "-m",
        "pip",
        "--python",
        str(home / "bin/python"),
        "install",
        "--no-deps",
        "--no-index",
        wheel,
    ]
    subprocess.run(install, check=True, capture_output=True)
    # The packages that it needs are taken from here; what makes this checkout importable is not.
    packages = next(path for path in sys.path if path.endswith("site-packages"))
    (folder,) = home.glob("lib/python*/site-packages")
    (folder / "needed.pth").write_text(packages, "utf-8")
    environment = {**os.environ, "LMS_DATA": str(tmp_path / "data"), "LMS_DATABASE_URL": "", "PYTHONPATH": ""}

    def lms(*words: str) -> str:
        done = subprocess.run([home / "bin/lms", *words], cwd=tmp_path, env=environment, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        return done.stdout

    lms("init", "--programme", "harbour", "--name", "Harbour")
    lms(
        "programme",
        "set",
        "harbour",
        "lead=Ingrid Okafor",
        "contact=peer@example.org",
        "reply_time=two days",
        "country=GB",
    )
    (shipped,) = home.glob("lib/python*/site-packages/lms/_shipped/courses/psychological-first-aid")
    lms("publish", str(shipped))
    assert (
        str(folder)
        in subprocess.run(
            [home / "bin/python", "-c", "import lms; print(lms.__file__)"], cwd=tmp_path, capture_output=True, text=True
        ).stdout
    )


def test_the_container_files_name_what_is_there() -> None:
    container = (ROOT / "Containerfile").read_text("utf-8")
    for name in re.findall(r"^COPY (?!--from)(.+) \S+$", container, re.M):
        assert all((ROOT / each).exists() for each in name.split()), name
    let_in = (ROOT / ".dockerignore").read_text("utf-8").splitlines()
    assert {f"!{name}" for name in ("lms", "courses", "templates", "certificates", "requirements.txt")} <= set(let_in)
    needed = re.findall(r"\blib\S+", (ROOT / "docs/deployment.md").read_text("utf-8").partition("useradd")[0])
    assert set(needed) <= set(container.split())
    compose: dict[str, Any] = yaml.safe_load((ROOT / "compose.yaml").read_text("utf-8"))
    site = compose["services"]["site"]
    values = {name: re.sub(r"\$\{(\w+)[^}]*\}", r"\1", value) for name, value in site["environment"].items()}
    read = read_settings({**values, "LMS_BASE_URL": values["LMS_BASE_URL"].lower()})
    (subnet,) = compose["networks"]["default"]["ipam"]["config"]
    assert values["LMS_TRUSTED_PROXIES"] == subnet["subnet"] and read.database_url.endswith("@database/sidelight")
    version = re.search(r"FROM python:(\d\.\d+)", container)
    assert version and f"python{version[1]}/site-packages" in (ROOT / "docs/deployment.md").read_text("utf-8")
