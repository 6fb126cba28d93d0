"""Builds the container of this checkout and uses it: `python3 contain.py CHECKOUT [ENGINE]`, with Podman or Docker.

It needs the base image that the Containerfile names, and Python alone. ENGINE is the command, `podman` if left out;
CONTAIN_BUILD holds more words for the build, such as `--isolation chroot`, and CONTAIN_RUN more words for each run.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time

IMAGE, NAME, PORT = "localhost/sidelight-tried", "sidelight-tried", "8719"
SITE = f"http://127.0.0.1:{PORT}"
SETTINGS = ["--env", f"PORT={PORT}", "--env", f"LMS_BASE_URL={SITE}", "--env", "LMS_MAIL_URL=file:"]
COURSE = "/opt/sidelight/lib/python3*/site-packages/lms/_shipped/courses/psychological-first-aid"
READY = f"import urllib.request as r; print(r.urlopen('{SITE}/readyz', timeout=5).read())"
# Where the account of the site may write: its data, and what is everybody's.
WRITABLE = {"/data", "/tmp", "/var/tmp", "/run/lock"}
ELSEWHERE = " ".join(f"-not -path '/{folder}/*'" for folder in ("proc", "dev", "data"))
LOOK = f"find / -xdev -writable -not -type l {ELSEWHERE} 2>/dev/null; true"


def main() -> None:
    """Build, start, look, back up, restore into an empty container, and stop."""
    checkout, engine = sys.argv[1], sys.argv[2] if len(sys.argv) > 2 else "podman"
    docker = ["--format", "docker"] if engine == "podman" else []
    build, more = (os.environ.get(name, "").split() for name in ("CONTAIN_BUILD", "CONTAIN_RUN"))

    def run(*words: str, given: bytes | None = None, expect: int = 0) -> bytes:
        print("+", engine, *words, flush=True)
        done = subprocess.run([engine, *words], input=given, stdout=subprocess.PIPE)
        if done.returncode != expect:
            sys.exit(f"ended with {done.returncode} and not {expect}: {done.stdout.decode(errors='replace')}")
        return done.stdout

    def inside(command: str) -> str:
        return run("exec", NAME, "sh", "-c", command).decode().strip()

    def inspect(what: str) -> str:
        return run("inspect", "--format", what, NAME).decode().strip()

    run("build", *docker, *build, "--file", f"{checkout}/Containerfile", "--tag", IMAGE, checkout)
    run("run", "--detach", "--name", NAME, *more, *SETTINGS, IMAGE)
    try:
        until_ready(engine)
        expect("the account", inside("id -un"), "sidelight")
        expect("where it may write", set(inside(LOOK).splitlines()) - WRITABLE, set())
        expect("the health check", "readyz" in inspect("{{.Config.Healthcheck}}"), True)
        inside("lms init --programme harbour --name 'Harbour Hospitals'")
        inside(
            "lms programme set harbour lead='Ingrid Okafor' contact=peer@example.org reply_time='two days' country=GB"
        )
        inside(f"lms publish {COURSE}")
        inside("lms certificates preview warm --out /tmp/sample && head -c 5 /tmp/sample/warm.pdf | grep -q %PDF-")
        backup = run("exec", NAME, "lms", "backup", "-")
        restored = run("run", "--rm", "--interactive", *more, IMAGE, "lms", "restore", "-", given=backup)
        print(restored.decode())
        run("stop", "--time", "35", NAME)
        expect("the status after stopping", inspect("{{.State.ExitCode}}"), "0")
    finally:
        subprocess.run([engine, "rm", "--force", NAME], stdout=subprocess.DEVNULL)
    print("\nThe container does what it should.")


def until_ready(engine: str) -> None:
    """Wait until the site in the container answers; two minutes at most."""
    for _moment in range(240):
        if subprocess.run([engine, "exec", NAME, "python", "-c", READY], capture_output=True).returncode == 0:
            return
        time.sleep(0.5)
    sys.exit("The site in the container doesn’t answer.")


def expect(what: str, found: object, wanted: object) -> None:
    """End with a line when something isn't what it should be."""
    if found != wanted:
        sys.exit(f"{what}: {found!r}, and not {wanted!r}")


if __name__ == "__main__":
    main()
