"""The web workers that one process forked, as `lms serve` watches them until the last has ended."""

from __future__ import annotations

import ctypes
import logging
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

log = logging.getLogger("lms.serve")

# Linux gives the children of a process that ended to whoever asked for it. So what loaded the site needn't stay in
# memory, where each page that the workers have written to would be kept once more.
ADOPTS = sys.platform == "linux"
SET_CHILD_SUBREAPER = 36
# A worker notes every second or so that it's alive.
SILENT_SECONDS, ABORT_SECONDS = 30.0, 5.0


def adopt() -> None:
    """Let this process be the parent of what its children leave behind."""
    if ADOPTS:
        libc = ctypes.CDLL(None, use_errno=True)
        if libc.prctl(SET_CHILD_SUBREAPER, 1):
            raise OSError(ctypes.get_errno(), "this system gives no process the children of another one")


def reap_strangers(known: Iterable[int]) -> None:
    """Let go of ended processes that nobody here waits for, such as what a killed worker had started."""
    while ADOPTS:
        try:
            found = os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOHANG | os.WNOWAIT)
        except ChildProcessError:
            return
        if found is None or found.si_pid in known:
            return
        os.waitpid(found.si_pid, 0)


class WebWorkers:
    """The workers that one process forked once it had loaded the site; they share what they don't change of it."""

    def __init__(self, loader: subprocess.Popen[bytes], hears: int, beats: list[Path]) -> None:
        """Take the process that loads, the handle on which it says who its workers are, and a heartbeat for each."""
        self.loaded = False
        self._loader, self._beats = loader, beats
        self._hears: int | None = hears
        self._said = b""
        self._pids: dict[int, Path] = {}
        self._aborted: dict[int, float] = {}
        os.set_blocking(hears, False)

    @property
    def pids(self) -> set[int]:
        """The process ids of all that's left of them, the one that loads among them."""
        return {*self._pids, *([] if self._loader.returncode is not None else [self._loader.pid])}

    def look(self) -> int | None:
        """Hear whether the site is loaded by now; return the status of a loader that ended before it was, else None."""
        ended = self._loader.poll()
        if self._hears is None:
            return None if self.loaded else ended
        with suppress(BlockingIOError):
            self._said += os.read(self._hears, 4096)
        self.loaded = self._said.endswith(b"\n") and (ended is not None or not ADOPTS)
        if not self.loaded and ended is None:
            return None
        os.close(self._hears)
        self._hears = None
        self._pids = dict(zip(map(int, self._said.split()), self._beats, strict=False))
        if self.loaded:
            return None
        # A loader that was killed between two forks.
        self.end(signal.SIGKILL)
        return ended

    def reap(self) -> list[int]:
        """Return the statuses of workers that have ended since this was asked last."""
        ended = self._reap_adopted() if ADOPTS else self._reap_loader()
        for pid in ended:
            self._pids.pop(pid).unlink(missing_ok=True)
        return list(ended.values())

    def _reap_adopted(self) -> dict[int, int]:
        found = (os.waitpid(pid, os.WNOHANG) for pid in self._pids)
        return {pid: os.waitstatus_to_exitcode(status) for pid, status in found if pid}

    def _reap_loader(self) -> dict[int, int]:
        """A loader that stays ends with the first of its workers."""
        status = self._loader.poll()
        return {} if status is None else dict.fromkeys(self._pids, status)

    def end_hanging(self) -> None:
        """End workers that haven't gone round their loop for long, first so that they can say where they were."""
        now = time.monotonic()
        for pid, beat in self._pids.items():
            if now - beat.stat().st_mtime <= SILENT_SECONDS:
                continue
            if pid not in self._aborted:
                log.error("a web worker hasn't reacted for %d seconds, so it's being ended", SILENT_SECONDS)
                self._aborted[pid] = now
                os.kill(pid, signal.SIGABRT)
            elif now - self._aborted[pid] > ABORT_SECONDS:
                os.kill(pid, signal.SIGKILL)

    def end(self, how: int = signal.SIGTERM) -> None:
        """Ask all to end; with SIGTERM once they have ended what they began."""
        for pid in self.pids:
            with suppress(ProcessLookupError):
                os.kill(pid, how)

    def gone(self) -> bool:
        """Return whether all have ended."""
        self.look()
        self.reap()
        return self._loader.poll() is not None and not self._pids
