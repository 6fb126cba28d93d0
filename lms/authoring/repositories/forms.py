"""What the people who run the site send to set up a repository."""

from __future__ import annotations

from lms.authoring.drafts.forms import IdField
from lms.authoring.repositories.fetching import CannotPull, Origin, check_stored
from lms.foundation.text.i18n import gettext as _
from lms.foundation.text.i18n import lazy_gettext as _l
from lms.foundation.web.fields import Form, NothingHidden, OneLine, Required, ShortEnough, TextField

ADDRESS_MOST, PART_MOST = 500, 200


class SourceForm(Form):
    """Which course comes from which folder of which repository."""

    course = IdField(_l("Id of the course"), [Required(_l("Enter the id that the course has in its course.md."))])
    address = TextField(
        _l("Address of the repository"),
        [Required(_l("Enter the address of the repository.")), ShortEnough(ADDRESS_MOST), OneLine(), NothingHidden()],
    )
    branch = TextField(
        _l("Branch"), [Required(_l("Enter the name of a branch, for example main.")), ShortEnough(PART_MOST), OneLine()]
    )
    folder = TextField(_l("Folder of the course (optional)"), [ShortEnough(PART_MOST), OneLine()])

    def read_origin(self) -> Origin | None:
        """Return where the course is to be read from; what git can't be given is refused in words."""
        origin = Origin(self.address.data or "", self.branch.data or "", (self.folder.data or "").strip("/"))
        try:
            check_stored(origin)
        except CannotPull as why:
            field = why.reason if why.reason in ("branch", "folder") else "address"
            self.refuse(field, _refusals()[why.reason])
            return None
        return origin


def _refusals() -> dict[str, str]:
    return {
        "address": _("The address starts with https://, ssh:// or file://, for example %(example)s.",
                     example="https://git.example.org/courses.git"),
        "password": _(
            "This address has a password or token in it, and people who write courses would see it. Please leave it "
            "out. For a private repository, use an SSH key of the account that runs the site."
        ),
        "branch": _("Enter the name of a branch, for example main."),
        "folder": _("Enter a folder of the repository, for example courses/active-listening."),
    }  # fmt: skip
