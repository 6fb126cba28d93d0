"""A course from a folder of a git repository: fetched shallow, bounded in time and size, and never written to."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal
from urllib.parse import SplitResult, urlsplit, urlunsplit

from lms.content.model.archive import from_zip
from lms.content.model.bundle import MAX_TOTAL, Bundle

PROTOCOLS = ("https", "ssh", "file")
SECONDS_MOST = 120
# A course, what belongs to no course, and what git keeps beside them.
BYTES_MOST = 3 * MAX_TOTAL
_LOOK_SECONDS = 0.1
_SCP = re.compile(r"[\w.-]+@[\w.-]+:(?!//).+")
_NAME = re.compile(r"[\w][\w./-]*")
# No filter, no hook and no setting of this machine's has a say, and nobody is asked for a password.
_SETTINGS = ("core.hooksPath=/dev/null", "core.fsmonitor=false", "protocol.ext.allow=never", "gc.auto=0")
_ENVIRONMENT = {
    "GIT_ALLOW_PROTOCOL": ":".join(PROTOCOLS),
    "GIT_ASKPASS": "",
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_SSH_COMMAND": "ssh -oBatchMode=yes -oConnectTimeout=15",
    "GIT_TERMINAL_PROMPT": "0",
    "LC_ALL": "C",
    "SSH_ASKPASS": "",
}


Reason = Literal["address", "password", "branch", "folder", "git", "course", "large", "slow", "unreached"]


class CannotPull(Exception):
    """A repository, or what lies in it, can't be had; the message says why and what to do, for who runs a command."""

    def __init__(self, reason: Reason, message: str) -> None:
        super().__init__(message)
        self.reason = reason


@dataclass(frozen=True)
class Origin:
    """Where a course comes from: a repository, a branch of it, and a folder in that; no folder is its root."""

    address: str
    branch: str = "main"
    folder: str = ""


@dataclass(frozen=True)
class Pulled:
    """The files of a course, and the commit that they are from."""

    bundle: Bundle
    commit: str


def pull(origin: Origin, seconds: float = SECONDS_MOST, most: int = BYTES_MOST) -> Pulled:
    """Fetch the newest commit of a branch, and return the files of one folder of it; raise CannotPull."""
    check_origin(origin)
    address, branch, folder = origin.address, origin.branch, origin.folder
    if shutil.which("git") is None:
        raise CannotPull("git", "Git isn’t installed on this machine. Install it, for example: apt install git")
    with tempfile.TemporaryDirectory(prefix="sidelight-pull-") as place:
        run = _Run(Path(place), time.monotonic() + seconds, most, address)
        run.git("init", "--quiet", "--bare", ".")
        run.git(
            "fetch", "--quiet", "--depth=1", "--no-tags", "--no-recurse-submodules", "--no-auto-maintenance", "--",
            address, f"+refs/heads/{branch}:refs/heads/pulled",
        )  # fmt: skip
        commit = run.git("rev-parse", "refs/heads/pulled").decode().strip()
        inside = folder.strip("/")
        run.git("archive", "--format=zip", "--output=course.zip", f"refs/heads/pulled{f':{inside}' if inside else ''}")
        with (Path(place) / "course.zip").open("rb") as file:
            bundle = from_zip(file)
    if not isinstance(bundle, Bundle):
        raise CannotPull("large", f"The folder holds more files than any course, so nothing was read. {_FOLDER}")
    if "course.md" not in bundle.files:
        raise CannotPull("course", f"There’s no course.md in that folder of the branch {branch}. {_FOLDER}")
    return Pulled(bundle, commit)


_FOLDER = "Name the folder of one course, for example: --folder courses/active-listening"


def check_origin(origin: Origin) -> None:
    """Raise CannotPull unless git can be given this address, branch and folder."""
    address, branch, folder = origin.address, origin.branch, origin.folder
    if _split(address).scheme not in PROTOCOLS and not _SCP.fullmatch(address):
        raise CannotPull(
            "address",
            "The address of a repository starts with https://, ssh:// or file://. For example: "
            "https://git.example.org/courses.git",
        )
    if not _NAME.fullmatch(branch) or ".." in branch:
        raise CannotPull("branch", f"“{branch}” isn’t the name of a branch. For example: --branch main")
    if folder and (not _NAME.fullmatch(folder.strip("/")) or ".." in folder):
        raise CannotPull("folder", f"“{folder}” isn’t a folder of a repository. {_FOLDER}")


def check_stored(origin: Origin) -> None:
    """Raise CannotPull for what can't be pulled, or has a password or token in it, as stored addresses are shown."""
    check_origin(origin)
    parts = _split(origin.address)
    if parts.password is not None or (parts.scheme != "ssh" and parts.username) or parts.query or parts.fragment:
        raise CannotPull(
            "password",
            "The address has a password or token in it, and people who write courses would see it. Leave it out. For "
            "a private repository, use an SSH key of the account that runs the site.",
        )


def _split(address: str) -> SplitResult:
    try:
        parts = urlsplit(address)
        _ = parts.port  # it raises for a port that is none
    except ValueError:
        return urlsplit("")
    return parts


@dataclass(frozen=True)
class _Run:
    """Runs git in one folder, until its time is up or the folder has grown too large."""

    place: Path
    until: float
    most: int
    address: str

    def git(self, *arguments: str) -> bytes:
        """Run one command and return what it wrote; raise CannotPull."""
        command = ["git", *(part for setting in _SETTINGS for part in ("-c", setting)), *arguments]
        with (self.place / "said").open("w+b") as said, (self.place / "wrote").open("w+b") as wrote:
            process = subprocess.Popen(
                command, cwd=self.place, env=_environment(os.environ), stdin=subprocess.DEVNULL,
                stdout=wrote, stderr=said, start_new_session=True,
            )  # fmt: skip
            try:
                self._watch(process)
            finally:
                _end(process)
            wrote.seek(0)
            said.seek(0)
            if process.returncode:
                raise self._told(arguments, said.read(8192).decode("utf-8", "replace"))
            return wrote.read()

    def _watch(self, process: subprocess.Popen[bytes]) -> None:
        while process.poll() is None:
            if time.monotonic() > self.until:
                raise CannotPull(
                    "slow", f"{self._where} took too long to answer. Nothing was changed. Try again later."
                )
            if _size(self.place) > self.most:
                raise CannotPull(
                    "large",
                    f"{self._where} holds more than {self.most // 1_000_000} MB, so it wasn’t read. Nothing was "
                    "changed. Keep the course in a repository of its own.",
                )
            time.sleep(_LOOK_SECONDS)

    @property
    def _where(self) -> str:
        parts = urlsplit(self.address)
        return urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2])) if parts.scheme else self.address

    def _told(self, arguments: Sequence[str], said: str) -> CannotPull:
        if "couldn't find remote ref" in said:
            branch = arguments[-1].partition(":")[0].removeprefix("+refs/heads/")
            words = f"{self._where} has no branch {branch}. Nothing was changed. For example: --branch main"
            return CannotPull("branch", words)
        if arguments[0] == "archive":
            return CannotPull("folder", f"That branch has no such folder. Nothing was changed. {_FOLDER}")
        lines = [line for line in said.replace(self.address, self._where).splitlines() if line.strip()]
        why = lines[0].removeprefix("fatal: ").rstrip(".") if lines else "git said nothing more"
        words = f"{self._where} can’t be read: {why}. Nothing was changed. Check the address, and who may read it."
        return CannotPull("unreached", words)


def _environment(inherited: Mapping[str, str]) -> dict[str, str]:
    """What git is told: nothing of a repository that the command happens to be run in."""
    return {name: value for name, value in inherited.items() if not name.startswith("GIT_")} | _ENVIRONMENT


def _end(process: subprocess.Popen[bytes]) -> None:
    """End git and all that it started, such as ssh."""
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def _size(folder: Path) -> int:
    total = 0
    for path in folder.rglob("*"):
        try:
            total += path.stat().st_size
        except OSError:  # it was renamed meanwhile
            continue
    return total
