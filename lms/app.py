"""The app: how settings, database, rooms and hooks become one Flask app; read it from top to bottom."""

from __future__ import annotations

import hmac
import importlib
import pkgutil
from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any
from urllib.parse import urlsplit

from flask import Flask, Request, Response, abort, g, jsonify, request, url_for
from flask.sessions import SessionInterface, SessionMixin
from werkzeug.datastructures import ImmutableMultiDict
from werkzeug.routing import MapAdapter

import lms
from lms import all_rooms, flow
from lms.accounts import access
from lms.accounts import records as accounts
from lms.accounts.access import public, with_key
from lms.accounts.blueprint import blueprint as account_blueprint
from lms.accounts.browser_session import touch_session
from lms.accounts.records import Programme
from lms.accounts.rules import Visitor
from lms.authoring.blueprint import blueprint as authoring_blueprint
from lms.certification.awards.codes import grouped
from lms.certification.blueprint import blueprint as certification_blueprint
from lms.coordination.blueprint import blueprint as coordination_blueprint
from lms.foundation import db, events
from lms.foundation.background.jobs import Jobs
from lms.foundation.backup.data_folder import check_finished
from lms.foundation.checkup import figures
from lms.foundation.config.settings import Settings, read_settings
from lms.foundation.config.shipped import shipped
from lms.foundation.hosts import key_marks  # noqa: F401 - its table belongs to every database
from lms.foundation.logs import redaction
from lms.foundation.logs.setup import start_logs
from lms.foundation.mail import templates as email_templates
from lms.foundation.per_app import provide, provided
from lms.foundation.statements.replica import connect_replica
from lms.foundation.storage.compiled import CompiledTemplates, compiled_courses, compiled_templates
from lms.foundation.storage.elsewhere import open_sharing
from lms.foundation.storage.files import COPIES, FileStore
from lms.foundation.text import i18n
from lms.foundation.web import compression, error_pages, observing, security
from lms.foundation.web.figures import CONTENT_TYPE
from lms.foundation.web.health import Health
from lms.foundation.web.observing import Observer
from lms.hooks import build_hooks
from lms.learning.blueprint import blueprint as learning_blueprint
from lms.learning.progress.open_page_records import OpenPage
from lms.library import course_cache
from lms.library.blueprint import blueprint as library_blueprint
from lms.wellbeing.blueprint import blueprint as wellbeing_blueprint
from lms.wellbeing.pages import display_saved_path
from lms.wellbeing.rules import read_display

ROOMS = (
    account_blueprint,
    learning_blueprint,
    library_blueprint,
    certification_blueprint,
    authoring_blueprint,
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


class Sent(ImmutableMultiDict[str, Any]):
    """What a query or a form sent, without NUL: it comes from tampering, and PostgreSQL takes it in no text."""

    def __init__(self, mapping: Any = None) -> None:
        if isinstance(mapping, list):
            mapping = [
                (name, value.replace("\0", "") if isinstance(value, str) and "\0" in value else value)
                for name, value in mapping
            ]
        super().__init__(mapping)


class SiteRequest(Request):
    """A request whose query and form can be asked of any database."""

    parameter_storage_class = Sent


class Site(Flask):
    """Flask without what this site never uses."""

    request_class = SiteRequest

    def ensure_sync(self, func: Callable[..., Any]) -> Callable[..., Any]:
        """Return a view as it is: none is a coroutine, so that no request asks it of all that it calls."""
        return func

    def create_url_adapter(self, request: Request | None) -> MapAdapter | None:
        """Match and build addresses for the site's own host; whatever a request calls it has no say in them."""
        if request is None:
            return super().create_url_adapter(request)
        own = urlsplit(provided(Settings, self).base_url)
        return self.url_map.bind(
            own.netloc, "/", None, own.scheme, request.method, request.path, request.query_string.decode("latin-1")
        )


@cache
def load_views() -> None:
    """Import every module of views, once; each adds its pages to the blueprint of its room."""
    for module in pkgutil.walk_packages(lms.__path__, "lms."):
        if module.name.endswith("views"):
            importlib.import_module(module.name)


def create_app(settings: Settings | None = None) -> Flask:
    """Return the app for the given settings, or for those of the environment."""
    redaction.install()
    settings = settings or read_settings()
    start_logs(settings.log_format)
    check_finished(settings.data)
    app = Site("lms", template_folder=str(shipped("templates")), static_folder="static")
    app.session_interface = NoSessions()
    app.config.update(MAX_CONTENT_LENGTH=POST_MOST, MAX_FORM_PARTS=2000, SEND_FILE_MAX_AGE_DEFAULT=ONE_YEAR)
    sharing = open_sharing(settings.shared_files)
    files = FileStore(settings.data / (COPIES if sharing.elsewhere else "files"), sharing.elsewhere)
    designs = shipped("certificates")
    provide(app, settings)
    provide(app, sharing)
    provide(app, files)
    provide(app, Jobs(settings.data, flow.lanes(settings, designs), lambda: at_work(app), settings.database_url))
    provide(app, build_hooks(settings, designs, _frame_of_page))
    course_cache.bind(files, compiled_courses(settings.data))
    events.bind(flow.reactions(settings))
    db.connect(app, settings.database_url, settings.data)
    connect_replica(app, settings.reports_database_url)
    i18n.install(app)
    security.install(app)
    compression.install(app)
    access.login_manager.init_app(app, add_context_processor=False)
    app.before_request(access.recognise)
    app.before_request(access.check_post)
    app.after_request(touch_session)
    app.after_request(access.note_refusal)
    load_views()
    for room in ROOMS:
        app.register_blueprint(room)
    public(app.view_functions["static"])
    _speak(app, settings)
    error_pages.install(app)
    _add_health_checks(app, settings)
    observing.install(app)
    course_cache.count_lookups(provided(Observer, app).lookup_counter("course"))
    return app


@contextmanager
def at_work(app: Flask) -> Iterator[None]:
    """Stand in the app without a visitor, as commands and the job process do."""
    settings = provided(Settings, app)
    with app.test_request_context("/", base_url=settings.base_url):
        access.recognise()
        yield


def _speak(app: Flask, settings: Settings) -> None:
    """Give templates their words, and what every page knows."""
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.jinja_env.bytecode_cache = CompiledTemplates(compiled_templates(settings.data), "page")
    app.jinja_env.filters.update(day=i18n.day, duration=i18n.duration, grouped=grouped)
    app.jinja_env.globals.update(
        visitor=None,
        gets_email=access.gets_email,
        notices=(),
        here=None,
        leave_url=settings.leave_url,
        single_sign_on_label=settings.single_sign_on.label if settings.single_sign_on else "",
    )
    email_templates.prepare(app)

    @app.context_processor
    def about_this_page() -> dict[str, Any]:
        visitor = access.visitor() if not getattr(g, "in_trouble", False) else None
        return {
            "visitor": visitor and _visitor_on_page(visitor),
            "display": read_display(request.cookies.get("display", "")),
            "display_saved": request.args.get("display") == "saved",
            "lang": i18n.language(),
            "dir": i18n.direction(),
            "this_path": g.get("path_in_page") or _path_of_page(),
            "programme_colour": _colour_of_page(),
        }


def _colour_of_page() -> str:
    """Return the colour of the programme that a page belongs to: the one in its address, or that of a course's page."""
    programme: Programme | None = g.get("programme")
    page: OpenPage | None = g.get("course_page")
    facts = programme.facts if programme else page.facts if page else {}
    return str(facts.get("colour") or "")


def _frame_of_page() -> tuple[Hashable, str]:
    """Return what the frame of this page depends on, and the name that stands in it."""
    visitor = access.visitor()
    seen = _visitor_on_page(visitor) if visitor else {}
    about = tuple(seen.get(key) for key in ("is_staff", "is_operator", "programmes", "writes", "employs", "shared"))
    display = read_display(request.cookies.get("display", ""))
    return (
        visitor is None,
        about,
        display,
        i18n.language(),
        _colour_of_page(),
    ), visitor.display_name if visitor else ""


def _path_of_page() -> str:
    """Return the address to come back to: that of this page, or of the one behind a post."""
    if request.method in {"GET", "HEAD"}:
        path = request.full_path.rstrip("?")
        return display_saved_path(path, saved=False) if "display" in request.args else path
    return security.local_path(request.path, url_for("learning.home"))


def _visitor_on_page(visitor: Visitor) -> dict[str, Any]:
    staff = {key: roles for key, roles in visitor.roles.items() if set(roles) & {"coordinator"}}
    programmes = [accounts.get_programme(key) for key in staff]
    writes = [accounts.get_programme(key) for key, roles in visitor.roles.items() if "trainer" in roles]
    employs = [accounts.get_programme(key) for key, roles in visitor.roles.items() if "employer" in roles]
    return {
        "display_name": getattr(g, "name_in_page", visitor.display_name),
        "is_staff": bool(staff),
        "is_operator": visitor.operator,
        "shared": not visitor.own_device,
        "writes": tuple((row.slug, row.name) for row in writes),
        "employs": tuple((row.slug, row.name) for row in employs),
        "programmes": tuple((row.slug, row.name, tuple(staff[row.id])) for row in programmes),
    }


def _add_health_checks(app: Flask, settings: Settings) -> None:
    health = Health(settings)

    @app.get("/healthz")
    @public
    def healthz() -> Any:
        return jsonify(alive=True)

    @app.get("/readyz")
    @public
    def readyz() -> Any:
        missing = health.missing()
        return jsonify(ready=not missing, **({"missing": missing} if missing else {})), 503 if missing else 200

    @app.get("/metrics")
    @with_key
    def metrics() -> Any:
        counted = provided(Observer).metrics
        given = request.headers.get("Authorization", "").encode()
        if counted is None or not hmac.compare_digest(given, f"Bearer {settings.metrics_key}".encode()):
            abort(404)
        missing = health.missing()
        found = figures.look(settings, missing)
        if "database" not in missing:
            found += all_rooms.list_figures()
        return Response(counted.as_text(found), content_type=CONTENT_TYPE)
