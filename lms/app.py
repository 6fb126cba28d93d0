"""The app: how settings, database, rooms and hooks become one Flask app; read it from top to bottom."""

from __future__ import annotations

import gc
import importlib
import logging
import pkgutil
import secrets
from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from flask import Flask, Request, g, jsonify, render_template, request, url_for
from flask.sessions import SessionInterface, SessionMixin
from markupsafe import Markup
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.exceptions import HTTPException
from werkzeug.routing import MapAdapter

import lms
from lms import flow
from lms.accounts import access
from lms.accounts import records as accounts
from lms.accounts.access import public
from lms.accounts.blueprint import blueprint as account_blueprint
from lms.accounts.rules import Visitor
from lms.certification.awards import actions as certification
from lms.certification.awards import records as awards
from lms.certification.awards.codes import grouped
from lms.certification.awards.wording import operator_notices
from lms.certification.badges import records as badge_records
from lms.certification.blueprint import blueprint as certification_blueprint
from lms.certification.pdf import jobs as pdf_jobs
from lms.certification.readiness import actions as readiness_actions
from lms.certification.readiness.pages import way_told
from lms.certification.renewal import pages as renewal_pages
from lms.coordination.blueprint import blueprint as coordination_blueprint
from lms.foundation import db, email_templates, events, logs, redaction
from lms.foundation.background.jobs import Jobs
from lms.foundation.config.settings import Settings, read_settings
from lms.foundation.files import FileStore
from lms.foundation.text import i18n
from lms.foundation.text.i18n import gettext as _
from lms.foundation.turns import RETRY_AFTER_SECONDS, Busy
from lms.foundation.web import compression, security
from lms.foundation.web.health import Health
from lms.learning.blueprint import blueprint as learning_blueprint
from lms.library import course_cache
from lms.library.blueprint import blueprint as library_blueprint
from lms.library.records import list_current_digests
from lms.wellbeing import views as wellbeing
from lms.wellbeing.blueprint import blueprint as wellbeing_blueprint
from lms.wellbeing.rules import read_display

log = logging.getLogger("lms.app")
ROOMS = (
    account_blueprint,
    learning_blueprint,
    library_blueprint,
    certification_blueprint,
    coordination_blueprint,
    wellbeing_blueprint,
)
POST_MOST = 1024 * 1024
ONE_YEAR = 365 * 24 * 3600


class NoSession(dict[str, Any], SessionMixin):
    """What Flask takes for its session: empty, because ours is a row that `accounts` keeps."""


class NoSessions(SessionInterface):
    """Keeps nothing in cookies."""

    def open_session(self, app: Flask, request: Any) -> NoSession:
        """Return an empty session."""
        return NoSession()

    def save_session(self, app: Flask, session: SessionMixin, response: Any) -> None:
        """Keep nothing."""


class Site(Flask):
    """Flask without what this site never uses."""

    def ensure_sync(self, func: Callable[..., Any]) -> Callable[..., Any]:
        """Return a view as it is: none is a coroutine, so that no request asks it of all that it calls."""
        return func

    def create_url_adapter(self, request: Request | None) -> MapAdapter | None:
        """Match and build addresses for the site's own host; whatever a request calls it has no say in them."""
        if request is None:
            return super().create_url_adapter(request)
        own = urlsplit(self.extensions["lms_settings"].base_url)
        return self.url_map.bind(
            own.netloc, "/", None, own.scheme, request.method, request.path, request.query_string.decode("latin-1")
        )


def load_views() -> None:
    """Import every module of views, each of which adds its pages to the blueprint of its room."""
    for module in pkgutil.walk_packages(lms.__path__, "lms."):
        if module.name.endswith("views"):
            importlib.import_module(module.name)


def shipped(name: str) -> Path:
    """Return a folder that comes with the code: beside it in a checkout, inside the package once installed."""
    here = Path(__file__).resolve().parent
    beside = here.parent / name
    return beside if beside.is_dir() else here / "_shipped" / name


def create_app(settings: Settings | None = None) -> Flask:
    """Return the app for the given settings, or for those of the environment."""
    redaction.install()
    logs.start()
    settings = settings or read_settings()
    app = Site("lms", template_folder=str(shipped("templates")), static_folder="static")
    app.session_interface = NoSessions()
    app.config.update(MAX_CONTENT_LENGTH=POST_MOST, MAX_FORM_PARTS=2000, SEND_FILE_MAX_AGE_DEFAULT=ONE_YEAR)
    app.extensions["lms_settings"] = settings
    app.extensions["lms_files"] = files = FileStore(settings.data / "files")
    course_cache.bind(files)
    db.connect(app, settings.database_url, settings.data)
    i18n.install(app)
    security.install(app)
    compression.install(app)
    access.login_manager.init_app(app, add_context_processor=False)
    app.before_request(access.recognise)
    app.before_request(access.check_post)
    app.after_request(access.touch_session)
    app.after_request(access.note_refusal)
    load_views()
    for room in ROOMS:
        app.register_blueprint(room)
    public(app.view_functions["static"])
    _wire(app, settings)
    _speak(app)
    _handle_errors(app)
    _add_health_checks(app)
    return app


def _wire(app: Flask, settings: Settings) -> None:
    """Tie the few knots between rooms that may not know each other."""
    designs = shipped("certificates")
    events.bind(flow.reactions(settings))
    app.extensions["lms_designs"] = designs
    app.extensions["lms_jobs"] = Jobs(settings.data, flow.lanes(settings, designs), enter=lambda: at_work(app))
    app.extensions["lms_is_held"] = lambda programme_id, digest: certification.is_held(programme_id, digest, settings)
    app.extensions["lms_certificates_of"] = lambda person_id: [
        renewal_pages.row_of(award, settings) for award in awards.list_standing_of_person(person_id)
    ]

    def certificate_of(enrolment_id: str) -> dict[str, Any]:
        award = awards.find_award_of_enrolment(enrolment_id)
        url = url_for("certification.certificate", code=award.code) if award and not award.waiting else None
        return {
            "url": url,
            "waiting": bool(award and award.waiting),
            "code": award and award.code,
            "name": award.name if award else "",
        }

    def news_of(enrolment_id: str) -> renewal_pages.Told | None:
        award = awards.find_award_of_enrolment(enrolment_id)
        return renewal_pages.news_words(award, settings) if award else None

    def way_to_practise(enrolment_id: str) -> dict[str, Any] | None:
        way = readiness_actions.way_of(enrolment_id)
        return way_told(way) if way else None

    def unprintable(name: str) -> tuple[str, ...]:
        if name.isascii():
            return ()
        from lms.certification.pdf.designs import missing_glyphs

        return missing_glyphs(name, pdf_jobs.design_named("warm", settings, designs))

    app.extensions["lms_own_data"] = (flow.kept_of_people, flow.hand_over, flow.take_away)
    app.extensions["lms_certificate_of"] = certificate_of
    app.extensions["lms_certificate_news"] = news_of
    app.extensions["lms_way_to_practise"] = way_to_practise
    app.extensions["lms_unprintable"] = unprintable
    app.extensions["lms_frame"] = _frame_of_page
    app.extensions["lms_bring_looks"] = wellbeing.bring_looks
    app.extensions["lms_operator_notices"] = lambda: operator_notices(
        len(awards.list_troubled()), badge_records.lists_expired()
    )
    app.extensions["lms_line_notices"] = wellbeing.coordinator_notices


@contextmanager
def at_work(app: Flask) -> Iterator[None]:
    """Stand in the app without a visitor, as commands and the job process do."""
    settings: Settings = app.extensions["lms_settings"]
    with app.test_request_context("/", base_url=settings.base_url):
        access.recognise()
        yield


def _speak(app: Flask) -> None:
    """Give templates their words, and what every page knows."""
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.jinja_env.filters.update(day=i18n.day, duration=i18n.duration, grouped=grouped)
    app.jinja_env.globals.update(
        visitor=None,
        notices=(),
        here=None,
        leave_url=app.extensions["lms_settings"].leave_url,
    )
    email_templates.prepare(app)

    @app.context_processor
    def about_this_page() -> dict[str, Any]:
        visitor = access.visitor() if not getattr(g, "in_trouble", False) else None
        return {
            "visitor": visitor and _as_page_sees(visitor),
            "display": read_display(request.cookies.get("display", "")),
            "lang": i18n.language(),
            "dir": i18n.direction(),
            "this_path": g.get("path_in_page") or _path_of_page(),
        }


def _frame_of_page() -> tuple[Hashable, str]:
    """Return what the frame of this page depends on, and the name that stands in it."""
    visitor = access.visitor()
    seen = _as_page_sees(visitor) if visitor else {}
    about = (seen.get("is_staff"), seen.get("is_operator"), seen.get("programmes"), seen.get("shared"))
    display = read_display(request.cookies.get("display", ""))
    return (visitor is None, about, display, i18n.language()), visitor.display_name if visitor else ""


def _path_of_page() -> str:
    """Return the address to come back to: that of this page, or of the one behind a post."""
    if request.method in {"GET", "HEAD"}:
        return request.full_path.rstrip("?")
    return security.local_path(request.path, url_for("learning.home"))


def _as_page_sees(visitor: Visitor) -> dict[str, Any]:
    staff = {key: roles for key, roles in visitor.roles.items() if set(roles) & {"coordinator"}}
    programmes = [accounts.get_programme(key) for key in staff]
    return {
        "display_name": getattr(g, "name_in_page", visitor.display_name),
        "is_staff": bool(staff),
        "is_operator": visitor.operator,
        "shared": not visitor.own_device,
        "programmes": tuple((row.slug, row.name, tuple(staff[row.id])) for row in programmes),
    }


ERROR_TEXTS: dict[int | str, Callable[[], tuple[str, str]]] = {
    "busy": lambda: (
        _("We’re busy just now"),
        _("Too many requests came in at once, so we couldn’t get to yours."),
    ),
    400: lambda: (_("We couldn’t read that"), _("What your browser sent was incomplete or damaged.")),
    403: lambda: (_("This came from another site"), _("We only accept forms that were sent from our own pages.")),
    404: lambda: (
        _("Page not found"),
        _("The address may have a typo, or your account can’t open this page."),
    ),
    405: lambda: (_("This page can’t be opened like that"), _("It was opened in a way that it doesn’t support.")),
    413: lambda: (_("That was too large"), _("You sent more than this page can accept at once.")),
    429: lambda: (
        _("Too many attempts from your network"),
        _("Somebody in your network looked up many codes that don’t exist."),
    ),
    500: lambda: (_("Something broke on our side"), _("We couldn’t show this page.")),
    503: lambda: (_("We can’t reach our records just now"), _("We couldn’t show this page.")),
}
NEXT_STEPS: dict[int | str, Callable[[], str]] = {
    "busy": lambda: _("Please wait a few seconds, then go back and send it again, or reload this page."),
    413: lambda: _("Please send less at once, or ask your coordinator for help."),
    429: lambda: _("Please wait ten minutes, then try again."),
    500: lambda: _("Please try again in a minute. If it still doesn’t work, tell us the reference below."),
    503: lambda: _("Please try again in a minute. If it still doesn’t work, tell us the reference below."),
}


def _error_page(status: int, kind: str = "") -> tuple[Any, int, dict[str, str]]:
    g.in_trouble = status >= 500
    title, happened = ERROR_TEXTS.get(kind or status, ERROR_TEXTS[500 if status >= 500 else 400])()
    following = NEXT_STEPS.get(kind or status, lambda: _("Go back, or start from the courses."))()
    headers = {"Retry-After": str(RETRY_AFTER_SECONDS)} if status == 503 else {}
    reference = secrets.token_hex(4)
    log.log(logging.ERROR if status >= 500 else logging.INFO, "answered %s, reference %s", status, reference)
    if request.accept_mimetypes.best == "application/json":
        return jsonify(happened=happened, next=following, reference=reference), status, headers
    values = {"title": title, "happened": happened, "next_step": following, "reference": reference}
    values["safe"] = _("Everything you’ve saved is safe.")
    if kind == "busy" and request.method == "POST":
        values["safe"] = _("Everything you saved before is safe. What you just sent isn’t saved yet.")
    links = [(_("Courses"), url_for("learning.courses")), (_("Support lines"), url_for("wellbeing.support"))]
    try:
        return render_template("errors/error.html", links=links, **values), status, headers
    except Exception:
        log.exception("the error page could not be rendered either")
        return _plain_page(values), status, headers


def _plain_page(values: dict[str, str]) -> str:
    """Say the same without any template, for when the templates themselves are what broke."""
    words = Markup(
        "<!doctype html><html lang=en><title>{title}</title><h1>{title}</h1><p>{happened} {safe} {next_step}</p>"
    )
    return str((words + Markup("<p>{reference}</p></html>")).format(**values))


def _handle_errors(app: Flask) -> None:
    """Answer every error with a calm page that shows no traceback."""

    @app.errorhandler(HTTPException)
    def on_http(error: HTTPException) -> Any:
        return error.get_response() if (error.code or 500) < 400 else _error_page(error.code or 500)

    @app.errorhandler(Busy)
    def on_busy(error: Busy) -> Any:
        log.warning("somebody was asked to come back: %s", error)
        return _error_page(503, "busy")

    @app.errorhandler(SQLAlchemyError)
    def on_database(error: SQLAlchemyError) -> Any:
        log.exception("the database did not answer as it should")
        return _error_page(503)

    @app.errorhandler(Exception)
    def on_anything(error: Exception) -> Any:
        log.exception("a page broke")
        return _error_page(500)


def _add_health_checks(app: Flask) -> None:
    health = Health(app.extensions["lms_settings"])

    @app.get("/healthz")
    @public
    def healthz() -> Any:
        return jsonify(alive=True)

    @app.get("/readyz")
    @public
    def readyz() -> Any:
        missing = health.missing()
        return jsonify(ready=not missing, **({"missing": missing} if missing else {})), 503 if missing else 200


def warm_up(app: Flask) -> None:
    """Read the current courses and all templates before workers are forked, and leave no connection open behind.

    What is there by then is shared by all workers; frozen, it is not even touched when they look for garbage.
    """
    with app.app_context():
        digests = list_current_digests()
        db.db.session.remove()
        db.db.engine.dispose()
        course_cache.read_aside(digests)
    for name in app.jinja_env.list_templates():
        app.jinja_env.get_template(name)
    gc.collect()
    gc.freeze()


def create_served_app() -> Flask:
    """Return the app as a server forks it: courses read, connections closed."""
    app = create_app()
    warm_up(app)
    return app
