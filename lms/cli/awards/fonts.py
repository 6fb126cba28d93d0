"""Command for the fonts of certificates: list the scripts that they print, and add those for Korean and Chinese."""

from __future__ import annotations

import shutil
from pathlib import Path

import click
from babel import Locale

from lms.certification.pdf.designs import FONTS, USUAL, Face, added_fonts, design_in, faces
from lms.certification.pdf.findings import INSTALL_FONTS
from lms.certification.pdf.fonts.added import NoFonts, add_fonts, package_folder
from lms.cli.output import json_option, say, say_rows
from lms.cli.shared import told_in_one_line
from lms.foundation.config.settings import Settings
from lms.foundation.config.shipped import shipped

_CHINESE = {"Hans": "Chinese (simplified)", "Hant": "Chinese (traditional)"}
# The fonts that are added have the licence of the Japanese one that comes with the code, word for word.
_LICENCE = "OFL-NotoSansJP.txt"


@click.command("fonts")
@click.option("--add", is_flag=True, help="Add the fonts for Korean and Chinese from the installed extra.")
@click.option(
    "--from",
    "source",
    type=click.Path(path_type=Path, exists=True),
    help="Add them from this folder or wheel instead, for example on a machine without a network.",
)
@json_option
def fonts(add: bool, source: Path | None, as_json: bool) -> None:
    """List the scripts that certificates can show, and add fonts for Korean and Chinese.

    Example: lms certificates fonts --add
    """
    with told_in_one_line() as settings:
        if add or source:
            _add(source or package_folder(), settings)
        else:
            say_rows([row for face in _faces(settings) for row in _rows(face)], as_json)


def _faces(settings: Settings) -> list[Face]:
    folder = shipped("certificates")
    listed = faces(design_in(folder / USUAL, folder / FONTS, added=added_fonts(settings)))
    return [face for face in listed if face.use != "code"]


def _rows(face: Face) -> list[dict[str, str]]:
    state = "" if face.path else "not added yet" if face.package else "missing or damaged"
    return [{"scripts": ", ".join(map(_name_of, face.named)), "font": Path(face.file).name, "state": state}]


def _name_of(script: str) -> str:
    return _CHINESE.get(script) or str(Locale("en").scripts.get(script, script))


def _add(source: Path | None, settings: Settings) -> None:
    if source is None:
        raise click.ClickException(
            f"The fonts for Korean and Chinese aren’t on this machine yet. Nothing was changed. Run: {INSTALL_FONTS}\n"
            "Then run this command again. On a machine without a network, copy the wheel of justmytype-intl-cjk to it "
            "and run: lms certificates fonts --from FILE"
        )
    names = [Path(face.file).name for face in _faces(settings) if face.package]
    folder = added_fonts(settings)
    try:
        for name in add_fonts(source, names, folder):
            say(f"Added: {folder / name}")
    except NoFonts as nothing:
        raise click.ClickException(f"{nothing}: none of {', '.join(names)} is there. Nothing was changed.") from None
    shutil.copy(shipped("certificates") / FONTS / _LICENCE, folder / "OFL.txt")
    say("Certificates that waited for these fonts are made within an hour. You don’t need to restart the site.")
