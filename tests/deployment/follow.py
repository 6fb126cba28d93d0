"""Follows docs/deployment.md on an empty Debian 12, word for word as far as a machine without systemd can.

Run it as root, on a machine that can be thrown away: `python3 follow.py CHECKOUT [--postgres]`. It needs Python alone.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

from page import Step, follow_encrypted, in_order, steps

SITE = "http://127.0.0.1:8000"
# What it cannot do: there is no systemd in a folder, no name of ours on the internet, and no mail server.
UNDONE = ("systemctl ", "certbot ")


def main() -> None:
    """Follow the page, and end with a line for each thing that was not done."""
    parser = argparse.ArgumentParser()
    parser.add_argument("checkout", type=Path)
    parser.add_argument("--postgres", action="store_true")
    asked = parser.parse_args()
    undone: list[str] = []
    served: subprocess.Popen[bytes] | None = None
    database = [step for step in steps() if step.section == "PostgreSQL"]
    try:
        for step in in_order():
            if step.path:
                write(step, asked.postgres)
                continue
            for line in filter(None, map(str.strip, step.text.splitlines())):
                if asked.postgres and line.startswith("lms init"):
                    start_postgres(database)
                if line.startswith("systemctl enable --now sidelight.service"):
                    served = serve()
                if line.startswith(UNDONE):
                    undone.append(line)
                    continue
                run(with_checkout(line, asked.checkout))
        look_through_nginx()
        back_up_and_restore()
        undone += encrypt(asked.postgres)
    finally:
        if served is not None:
            served.terminate()
            served.wait(60)
    print("\nDone, but for:", *dict.fromkeys(undone), sep="\n  ")


def with_checkout(line: str, checkout: Path) -> str:
    """Return a line with what stands for your own in the page: the repository, and an address to write to."""
    line = line.replace("https://git.example.org/sidelight.git", str(checkout))
    return line.replace(
        "lms doctor --mail-to you@example.org", "lms doctor --json > /tmp/doctor.json || cat /tmp/doctor.json"
    )


def write(step: Step, postgres: bool) -> None:
    """Write a file of the page; here email goes into a folder, as there is no server to send it to."""
    text = step.text
    if step.path == "/etc/sidelight.env":
        text = "".join(line for line in text.splitlines(keepends=True) if not line.startswith("LMS_MAIL_URL"))
        if postgres:
            text += "LMS_DATABASE_URL='postgresql:///sidelight?host=/var/run/postgresql'\n"
    print(f"+ {step.path}", flush=True)
    Path(step.path).parent.mkdir(parents=True, exist_ok=True)
    Path(step.path).write_text(text, "utf-8")


def run(line: str) -> None:
    """Run one line of the page as a shell does, in the folder that an earlier `cd` went to."""
    print(f"+ {line}", flush=True)
    if line.startswith("cd "):
        os.chdir(line.removeprefix("cd "))
        return
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    done = subprocess.run(["sh", "-c", line], env=environment)
    if done.returncode:
        sys.exit(f"This line of the page ended with status {done.returncode}: {line}")


def start_postgres(database: list[Step]) -> None:
    """Install PostgreSQL as the page says, with what systemd would start."""
    for line in "".join(step.text for step in database).splitlines():
        run(line)
        if line.startswith("apt-get install"):
            run("pg_ctlcluster 15 main start")


def serve() -> subprocess.Popen[bytes]:
    """Start what the unit of systemd starts, with its account, its folder and its settings."""
    unit = Path("/etc/systemd/system/sidelight.service").read_text("utf-8")
    if shutil.which("systemd-analyze"):
        run("systemd-analyze verify /etc/systemd/system/sidelight.service")
    command = next(line for line in unit.splitlines() if line.startswith("ExecStart=")).removeprefix("ExecStart=")
    arguments = command.removeprefix("/opt/sidelight/.venv/bin/lms ")
    process = subprocess.Popen(["/usr/local/bin/lms", *arguments.split()], cwd="/opt/sidelight")
    until_answers(f"{SITE}/readyz")
    return process


def until_answers(address: str) -> bytes:
    """Return what is at an address, once somebody answers; a minute at most."""
    for _ in range(240):
        try:
            with urllib.request.urlopen(address, timeout=5) as answer:
                return bytes(answer.read())
        except OSError:
            time.sleep(0.25)
    sys.exit(f"Nobody answers at {address}")


def look_through_nginx() -> None:
    """Read a page through nginx, as a visitor does."""
    run("nginx")
    request = urllib.request.Request("http://127.0.0.1/courses", headers={"Host": "training.example.org"})
    with urllib.request.urlopen(request, timeout=10) as answer:
        page = answer.read().decode()
    run("nginx -s quit")
    if "Psychological first aid" not in page:
        sys.exit("The list of courses doesn't come through nginx.")


def back_up_and_restore() -> None:
    """Back up as the timer does, and restore into another folder."""
    unit = Path("/etc/systemd/system/sidelight-backup.service").read_text("utf-8")
    for line in unit.splitlines():
        kind, _, command = line.partition("=")
        if kind in {"ExecStart", "ExecStartPost"} and "doctor" not in command:
            plain = command.removeprefix("-").replace("$$", "$").replace("%%", "%")
            plain = plain.replace(".venv/bin/lms", "/usr/local/bin/lms")
            run(f"{plain} || true" if command.startswith("-") else plain)
    run("rm -rf /srv/other && install -d -m 700 -o sidelight -g sidelight /srv/other")
    if "LMS_DATABASE_URL" not in Path("/etc/sidelight.env").read_text("utf-8"):
        run('lms restore "/backup/sidelight-$(date +%F).tar.gz" --into /srv/other/data')


def encrypt(postgres: bool) -> list[str]:
    """Encrypt a backup and restore it, with each tool that's installed; return what was not done."""
    undone = []
    for tool in ("gpg", "age"):
        if shutil.which(tool) is None:
            undone.append(f"the lines for {tool}, which isn't installed here")
        elif postgres:
            undone.append(f"the lines for {tool}, which are followed with SQLite alone")
        else:
            run("rm -rf /srv/other && install -d -m 700 -o sidelight -g sidelight /srv/other")
            follow_encrypted(tool, {"/srv/sidelight": "/srv/other/data"}, dict(os.environ))
    return undone


if __name__ == "__main__":
    main()
