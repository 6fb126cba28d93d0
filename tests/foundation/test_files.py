"""Files in the data folder: seen whole or not at all, while other processes list and delete beside them."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable
from datetime import timedelta
from email.message import EmailMessage
from pathlib import Path

import pytest

from lms.coordination.batches.jobs import folder_of
from lms.coordination.batches.jobs import sweep as sweep_batches
from lms.foundation import clock
from lms.foundation.config.settings import Settings
from lms.foundation.mail import deletion as mail_deletion
from lms.foundation.mail.transport import POLICY, open_transport
from lms.foundation.storage.files import changed_at, write_whole
from tests.conftest import Site


def letter(number: int) -> EmailMessage:
    message = EmailMessage(policy=POLICY)
    message["Message-ID"] = f"<1.2.{number}@example.org>"
    message.set_content("a letter\n" * 500)
    return message


def while_it_runs(work: Callable[[], None], meanwhile: Callable[[], None]) -> list[BaseException]:
    """Do one thing over and over while another is done once; return what went amiss in the first."""
    over, troubles = threading.Event(), []

    def again() -> None:
        while not over.is_set():
            try:
                meanwhile()
            except BaseException as trouble:
                troubles.append(trouble)
                return

    thread = threading.Thread(target=again)
    thread.start()
    try:
        work()
    finally:
        over.set()
        thread.join()
    return troubles


@pytest.mark.parametrize("years", [0, 2])
def test_letters_are_written_while_others_clear_old_ones_away(sqlite_site: Site, years: int) -> None:
    clock.shift(timedelta(days=365 * years))
    settings = sqlite_site.settings
    folder = settings.data / "mail"

    def write_letters() -> None:
        with open_transport(settings) as deliver:
            for number in range(300):
                deliver(letter(number))

    assert while_it_runs(write_letters, lambda: mail_deletion.forget_old_files(settings)) == []
    assert {file.name for file in folder.iterdir()} == {f"1.2.{number}.eml" for number in range(300)}
    assert {len(file.read_bytes()) for file in folder.iterdir()} <= set(range(4500, 4700))


def many(folder: Path, pattern: str) -> list[Path]:
    """Write files that are old enough to be cleared away."""
    folder.mkdir(parents=True, exist_ok=True)
    files = [folder / pattern.format(number) for number in range(200)]
    for file in files:
        file.write_text("old")
        os.utime(file, (1, 1))
    return files


def both_at_once(sweep: Callable[[], None]) -> list[BaseException]:
    """Let four threads clear the same folder away at the same moment."""
    start, troubles = threading.Barrier(4), []

    def one() -> None:
        start.wait()
        try:
            sweep()
        except BaseException as trouble:
            troubles.append(trouble)

    threads = [threading.Thread(target=one) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return troubles


def clear_letters(settings: Settings) -> None:
    mail_deletion.forget_old_files(settings)


def test_four_clear_the_same_old_files_away_and_none_stumbles(sqlite_site: Site) -> None:
    settings = sqlite_site.settings
    half = many(settings.data / "mail", ".1.2.{}.eml.abcdef.part")
    old = many(settings.data / "mail", "1.2.{}.eml")
    assert both_at_once(lambda: clear_letters(settings)) == []
    parts = many(folder_of(settings), "tmp{}.part")

    def clear_batches() -> None:
        with sqlite_site.inside():
            sweep_batches(settings, settings.data)

    assert both_at_once(clear_batches) == []
    assert not [file for file in (*half, *old, *parts) if file.exists()]


def test_a_file_that_is_gone_has_no_age(tmp_path: Path) -> None:
    assert changed_at(tmp_path / "gone") is None
    write_whole(tmp_path / "new" / "file", b"whole", 1_000_000.0)
    assert changed_at(tmp_path / "new" / "file") == 1_000_000.0


def test_a_file_that_could_not_be_written_leaves_the_old_one_and_no_half(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_whole(tmp_path / "file", b"before")
    began = time.time()

    def full(_handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        write_whole(tmp_path / "file", b"after" * 1000)
    assert [(file.name, file.read_bytes()) for file in tmp_path.iterdir()] == [("file", b"before")]
    assert changed_at(tmp_path / "file") == pytest.approx(began, abs=5)
