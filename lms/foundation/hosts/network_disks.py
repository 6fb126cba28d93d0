"""Network disks, on which SQLite loses and damages what several machines write: https://sqlite.org/useovernet.html."""

from __future__ import annotations

import re
from pathlib import Path

MOUNTS = Path("/proc/self/mountinfo")
NETWORKED = {
    "nfs", "nfs4", "cifs", "smb3", "smbfs", "afs", "ceph", "glusterfs", "lustre", "beegfs", "gpfs", "ocfs2", "gfs2",
    "fuse.sshfs", "fuse.glusterfs", "fuse.s3fs", "fuse.rclone", "fuse.ceph", "fuse.juicefs", "fuse.davfs", "ncpfs",
}  # fmt: skip


def find_network_disk(file: Path, mounts: str | None = None) -> str | None:
    """Return the kind of network disk that a file is on, such as nfs4; None for a local disk, or if nobody says.

    `mounts` is what Linux says of its mounted disks (proc_pid_mountinfo(5)).
    """
    if mounts is None:
        try:
            mounts = MOUNTS.read_text("utf-8", "surrogateescape")
        except OSError:
            return None
    place, kind = -1, ""
    for line in mounts.splitlines():
        before, _dash, after = line.partition(" - ")
        fields = before.split(" ")
        if len(fields) < 5 or not after:
            continue
        folder = Path(re.sub(r"\\([0-7]{3})", lambda found: chr(int(found[1], 8)), fields[4]))
        # A later mount hides an earlier one on the same folder.
        if file.is_relative_to(folder) and len(folder.parts) >= place:
            place, kind = len(folder.parts), after.split(" ")[0]
    return kind if kind in NETWORKED else None
