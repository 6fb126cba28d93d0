"""SQLite on a network disk is refused at start."""

from __future__ import annotations

from pathlib import Path

import pytest

from lms.foundation.hosts import network_disks
from lms.foundation.hosts.joining import CannotJoin, check_disk
from lms.foundation.hosts.network_disks import find_network_disk
from tests.conftest import settings_for

# As Linux writes it; the folder has a space in its name.
MOUNTS = """22 1 8:1 / / rw,relatime shared:1 - ext4 /dev/sda1 rw
35 22 0:30 / /mnt rw - tmpfs tmpfs rw
41 35 0:45 / /mnt/our\\040site rw,relatime shared:7 - nfs4 files:/site rw,vers=4.2
43 35 0:46 / /mnt/local rw,relatime - fuse.sshfs host: rw
44 43 0:47 / /mnt/local rw,relatime master:1 - xfs /dev/sdb1 rw
"""


@pytest.mark.parametrize(
    ("file", "kind"),
    [
        ("/srv/sidelight.db", None),
        ("/mnt/sidelight.db", None),
        ("/mnt/our site/data/sidelight.db", "nfs4"),
        ("/mnt/our site, too/sidelight.db", None),
        ("/mnt/local/sidelight.db", None),
    ],
)
def test_the_disk_of_a_file_is_known(file: str, kind: str | None) -> None:
    assert find_network_disk(Path(file), MOUNTS) == kind


def test_a_site_on_a_network_disk_is_not_started(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = settings_for(tmp_path)
    check_disk(settings)
    (tmp_path / "mounts").write_text(f"41 1 0:45 / {tmp_path} rw - cifs //files/site rw\n")
    monkeypatch.setattr(network_disks, "MOUNTS", tmp_path / "mounts")
    with pytest.raises(CannotJoin, match=r"on a network disk \(cifs\).*use PostgreSQL"):
        check_disk(settings)
    check_disk(settings_for(tmp_path, "postgresql://db.example.org/sidelight"))
