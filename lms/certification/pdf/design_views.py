"""What coordinators see when they choose how their programme's certificates look."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import abort, make_response, redirect, render_template, request, url_for

from lms.accounts.access import allow, public, this_programme
from lms.accounts.programmes.actions import SettingsChanged, change_settings
from lms.accounts.programmes.facts import check_settings, settings_of
from lms.certification.awards.forms import DesignForm
from lms.certification.blueprint import blueprint
from lms.certification.pdf import designs as pdf_designs
from lms.certification.pdf.designs import USUAL
from lms.foundation.config.shipped import shipped
from lms.foundation.db import write
from lms.foundation.hooks import hooks
from lms.foundation.late import late
from lms.foundation.per_app import provided
from lms.foundation.storage.files import FileStore
from lms.foundation.text.i18n import gettext as _
from lms.foundation.web.security import settings

if TYPE_CHECKING:
    from lms.certification.pdf import logos
else:
    logos = late("lms.certification.pdf.logos")  # 14 ms and 0.8 MB, because web workers seldom read pictures

PICTURE = "preview.png"


@blueprint.route("/programmes/<programme>/certificates/look", methods=["GET", "POST"])
@allow("set how certificates look")
def certificate_design(programme: str) -> Any:
    """Choose logo, signatory and design of the certificates to come; what others changed meanwhile stays."""
    this, folder, changed = this_programme(), shipped("certificates"), []
    designs = pdf_designs.list_designs(settings(), folder)
    now = settings_of(this)
    form = DesignForm(request.form) if request.method == "POST" else DesignForm.of(now)
    if request.method == "POST":
        wanted = form.wanted()
        form.refuse_all(check_settings(wanted, designs, hooks().missing_letters))
        wanted |= _logo_sent(form)
        if not form.errors:
            done = write(change_settings, programme, form.seen(), wanted)
            if not isinstance(done, SettingsChanged):
                return redirect(url_for("certification.certificate_design", programme=programme, saved="yes"), 303)
            changed = form.changed(done.now)
            form.reopen(done.now)
    page = render_template(
        "certification/certificate_design.html",
        here="people",
        programme=this,
        form=form,
        changed=changed,
        logo=this.facts.get("logo"),
        designs=[(name, name.capitalize(), _has_picture(name)) for name in designs],
        chosen=form.design.data or "",
        usual=USUAL,
        notices=[_("Saved. Certificates made from now on will look like this.")]
        if request.method == "GET" and request.args.get("saved")
        else [],
    )
    return make_response(page, 422 if form.errors or changed else 200)


def _logo_sent(form: DesignForm) -> dict[str, str]:
    """Keep a logo that was sent and return its fact; one that cannot be used is told on the form."""
    upload = request.files.get("logo")
    content = upload.read(logos.BYTES_MOST + 1) if upload else b""
    if not content:
        return {"logo": ""} if form.no_logo.data else {}
    try:
        return {"logo": provided(FileStore).put(logos.as_logo(content))}
    except logos.LogoRefused as refused:
        form.refuse("logo", str(refused))
        return {}


def _has_picture(design: str) -> bool:
    found = pdf_designs.design_named(design, settings(), shipped("certificates"))
    return (found.folder / PICTURE).is_file()


@blueprint.get("/about-the-certificate/designs/<design>")
@public
def design_picture(design: str) -> Any:
    """Give a small picture of a design, where it has one."""
    folder = shipped("certificates")
    if design not in pdf_designs.list_designs(settings(), folder) or not _has_picture(design):
        abort(404)
    found = pdf_designs.design_named(design, settings(), folder)
    response = make_response((found.folder / PICTURE).read_bytes())
    response.headers["Content-Type"] = "image/png"
    response.headers["Cache-Control"] = "public, max-age=3600"
    return response
