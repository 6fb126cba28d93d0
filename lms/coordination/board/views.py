"""What coordinators see: the people of their programme, on screen and as files."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO, Any

from flask import Response, make_response, redirect, render_template, request, url_for

from lms.accounts import actions as accounts
from lms.accounts.access import allow, signed_in, this_programme
from lms.accounts.invitations.records import count_not_joined
from lms.accounts.personal_data.closed_accounts import list_unreachable
from lms.accounts.second_factor.due import due_notices
from lms.coordination.batches.actions import ask
from lms.coordination.batches.pages import batches_of
from lms.coordination.batches.records import KINDS
from lms.coordination.blueprint import blueprint
from lms.coordination.board import list_records, pages
from lms.coordination.board.expiry_pages import expiring_by_month
from lms.coordination.board.export_pages import facts_of, write_csv
from lms.coordination.board.list_records import Board, Filter
from lms.coordination.board.rules import (
    CERTIFICATE_STATES,
    COLUMNS,
    OTHER_ROLES,
    SEARCH_MOST,
    STATES,
    USUAL_COLUMNS,
    Column,
    Sum,
    Wanted,
    sum_of,
)
from lms.coordination.board.sum_records import count_all
from lms.coordination.board.task_records import count_tasks
from lms.coordination.first_step_pages import Step, steps_beside_people
from lms.coordination.pages import name_requests
from lms.coordination.suppression import LEAST
from lms.foundation.db import write
from lms.foundation.hooks import hooks
from lms.foundation.statements.replica import read_at_replica
from lms.foundation.text.i18n import gettext as _
from lms.foundation.text.xlsx_writing import write_workbook
from lms.foundation.web.security import settings

PAGE, PAGE_TO_CHOOSE, FILE_STEP = 25, 100, 1000
PIECE = 64 * 1024
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
BATCH_MOST = 2000
ENDINGS_MOST = 20


@dataclass(frozen=True)
class Asked:
    """What an address or form asks of the list: whom, in which columns, and from where on."""

    wanted: Wanted
    unit: str
    units: pages.UnitNames
    columns: tuple[Column, ...]
    after: str
    before: str

    @property
    def fields(self) -> dict[str, Any]:
        """Return it as the fields of an address that can be kept as a bookmark, without the place in the list."""
        wanted = self.wanted
        return {
            "q": wanted.search or None,
            "state": list(wanted.states),
            "course": list(wanted.courses),
            "certificate": wanted.certificate,
            "unit": self.unit or None,
            "role": wanted.role or None,
            "column": [] if self.columns == USUAL_COLUMNS else list(self.columns),
        }

    @property
    def hidden_fields(self) -> list[tuple[str, str]]:
        """Return it as the hidden fields of a form, with the place in the list."""
        fields = {**self.fields, "after": self.after, "before": self.before}
        return [
            (name, value)
            for name, sent in fields.items()
            for value in (sent if isinstance(sent, list) else [sent])
            if value
        ]


def asked_for() -> Asked:
    """Return what the request asks of the list; whatever it can't ask for is passed over."""
    sent = request.values
    units = pages.units_of(this_programme().id)
    unit = sent.get("unit", "") if sent.get("unit") in units.within else ""
    certificate = next((state for state in CERTIFICATE_STATES if state == sent.get("certificate")), None)
    wanted = Wanted(
        search=sent.get("q", "")[:SEARCH_MOST].strip(),
        states=tuple(state for state in STATES if state in sent.getlist("state")),
        courses=tuple(sorted({course for course in sent.getlist("course") if course}))[:SEARCH_MOST],
        certificate=certificate,
        role=next((role for role in OTHER_ROLES if role == sent.get("role")), ""),
        units=units.within.get(unit, ()),
    )
    columns = tuple(column for column in COLUMNS if column in sent.getlist("column")) or USUAL_COLUMNS
    after, before = (sent.get(place, "") for place in ("after", "before"))
    return Asked(wanted, unit, units, columns, after, before)


@blueprint.get("/programmes/<programme>/people")
@allow("see training states")
@read_at_replica
def people(programme: str) -> Any:
    """Show who is in training and who holds a certificate, a page at a time."""
    return people_page(programme, choosing=request.args.get("choose") == "yes")


@dataclass(frozen=True)
class Slice:
    """A page of the list, the keys of the rows before and after which there are more, and how many fit, if known."""

    rows: list[pages.PersonRow]
    previous: str | None
    next: str | None
    fitting: int | None = None


def _slice(board: Board, found: Filter, asked: Asked, most: int) -> Slice:
    """Return a page of the list; one that begins after somebody who is gone is the first."""
    before = list_records.find_place(board, asked.before) if asked.before else None
    after = list_records.find_place(board, asked.after) if asked.after and not before else None
    rows = list_records.list_page(board, found, most + 1, after, before)
    if before and len(rows) <= most:
        before, rows = None, list_records.list_page(board, found, most + 1)
    more_before = bool(before or after)
    more_after = bool(before) or len(rows) > most
    shown = pages.rows_of(board, rows[-most:] if before else rows[:most], asked.units)
    if not shown:
        return Slice([], None, None)
    fitting = getattr(rows[0], "fitting", None)
    return Slice(shown, shown[0].key if more_before else None, shown[-1].key if more_after else None, fitting)


def people_page(programme: str, *, choosing: bool, problem: str = "") -> str:
    """Return the list of people, with a box beside each when some are to be chosen."""
    asked = asked_for()
    board = pages.board_of(this_programme().id, settings())
    sums = count_all(board.programme_id, board.courses, board.today)
    found = list_records.filter_of(board, asked.wanted, sums)
    page = _slice(board, found, asked, PAGE_TO_CHOOSE if choosing else PAGE)

    def address(choose: bool = choosing, **place: str | None) -> str:
        choice = "yes" if choose else None
        fields: dict[str, Any] = {**asked.fields, "choose": choice, **place}
        return url_for("coordination.people", programme=programme, **fields)

    return render_template(
        "coordination/people.html",
        here="people",
        programme=this_programme(),
        everyone=bool(sums),
        rows=page.rows,
        choosing=choosing,
        problem=problem,
        picked=request.form.getlist("pick"),
        kind=request.form.get("kind", "file"),
        choose_url=address(not choosing),
        notes_of=pages.notes_of,
        asked=asked,
        kept_fields=asked.hidden_fields,
        columns_chosen=asked.columns != USUAL_COLUMNS,
        is_filtered=asked.wanted != Wanted(),
        overview=not (choosing or problem or asked.after or asked.before or asked.wanted != Wanted()),
        csv_url=url_for("coordination.people_csv", programme=programme, **asked.fields),
        xlsx_url=url_for("coordination.people_xlsx", programme=programme, **asked.fields),
        next_url=page.next and address(after=page.next),
        previous_url=page.previous and address(before=page.previous),
        unit_choices=[("", _("Any")), *asked.units.choices],
        notices=due_notices(signed_in()),
        first_steps=[] if choosing else _first_steps(board),
        **_total(asked.wanted, sums, found, page),
        **_choices(board),
        **_overview(board, sums),
    )


def _first_steps(board: Board) -> list[Step]:
    """Return what is missing in the programme."""
    return steps_beside_people(this_programme(), sum(course.place is not None for course in board.courses.values()))


def _total(wanted: Wanted, sums: list[Sum], found: Filter, page: Slice) -> dict[str, Any]:
    """Return how many rows fit: from the sums where they know, and else counted, and whether there are more."""
    total, there_are_more = sum_of(sums, wanted), False
    if not (page.previous or page.next):
        total = len(page.rows)
    elif wanted.search or wanted.certificate or wanted.role or wanted.units:
        total, there_are_more = list_records.count_found(found, page.fitting)
        total = max(total, len(page.rows))
    return {"total": total, "there_are_more": there_are_more}


def _choices(board: Board) -> dict[str, Any]:
    """Return what the filter offers."""
    offered = [course for course in board.courses.values() if course.place is not None and not course.private]
    return {
        "state_choices": [(state, words, "") for state, words in pages.state_names().items()],
        "course_choices": [(course.id, course.title, "") for course in offered],
        "certificate_choices": [("", _("Any")), *pages.certificate_names().items()],
        "role_choices": [("", _("Any")), *pages.role_names().items()],
        "column_choices": [(column, words, "") for column, words in pages.column_names().items()],
        "courses": [(course.id, course.title) for course in offered],
    }


def _overview(board: Board, sums: list[Sum]) -> dict[str, Any]:
    """Return what the page shows beside the list: numbers of the whole programme, and what asks for attention."""
    programme, names = this_programme(), pages.state_names()
    tasks = count_tasks(programme.id, [course.id for course in board.courses.values() if course.private])
    return {
        "invited": count_not_joined(programme.id),
        "sums": [(sum(one.count for one in sums if one.state == state), state, names[state]) for state in STATES],
        "expiring": expiring_by_month(sums, board.today),
        "usage": pages.usage_of(board, sums),
        "least": LEAST,
        "batches": batches_of(programme.id, signed_in().person_id),
        "troubled": tasks.troubled,
        "to_confirm": tasks.to_confirm,
        "more_time": tasks.more_time,
        "names_to_confirm": tasks.names,
        "endings": list_unreachable(programme.id, ENDINGS_MOST) if tasks.endings else [],
        "name_requests": name_requests(programme.id) if tasks.name_requests else [],
        "line_notices": hooks().coordinator_notices(programme.slug, programme.facts),
    }


@blueprint.post("/programmes/<programme>/batches")
@allow("work for many at once")
def begin_batch(programme: str) -> Any:
    """Ask for something for the people chosen on the list, or for all that fit its search."""
    kind, board = request.form.get("kind"), pages.board_of(this_programme().id, settings())
    if request.form.get("all") == "yes":
        found = list_records.filter_of(board, asked_for().wanted)
        chosen = list_records.list_enrolments(found, BATCH_MOST + 1)
    else:
        chosen = list_records.list_picked(board, request.form.getlist("pick")[:PAGE_TO_CHOOSE])
    problem = ""
    if kind not in KINDS:
        problem = _("Choose what you’d like to do.")
    elif not chosen:
        problem = _("Select at least one person who has started a course.")
    elif len(chosen) > BATCH_MOST:
        problem = _("You can select up to %(most)s at once. Please narrow your search.", most=BATCH_MOST)
    if problem:
        return make_response(people_page(programme, choosing=True, problem=problem), 422)
    batch = write(ask, this_programme().id, signed_in().person_id, kind, chosen)  # type: ignore[arg-type]
    return redirect(url_for("coordination.batch", programme=programme, batch=batch.public_id), 303)


def _all_rows(board: Board, asked: Asked) -> Iterator[pages.PersonRow]:
    """Yield every row that fits, some hundred in memory at a time."""
    for found in list_records.list_all(board, list_records.filter_of(board, asked.wanted), FILE_STEP):
        yield from pages.rows_of(board, found, asked.units)


@blueprint.get("/programmes/<programme>/people.csv")
@allow("see training states")
@read_at_replica
def people_csv(programme: str) -> Any:
    """Give the same list as a file."""
    asked, board = asked_for(), pages.board_of(this_programme().id, settings())
    file, count = write_csv(facts_of(asked.columns), _all_rows(board, asked))
    write(accounts.note_export, this_programme().id, "people", count)
    return _as_file(file, f"people-{programme}.csv", "text/csv")


@blueprint.get("/programmes/<programme>/people.xlsx")
@allow("see training states")
@read_at_replica
def people_xlsx(programme: str) -> Any:
    """Give the same list as an Excel workbook."""
    asked, board = asked_for(), pages.board_of(this_programme().id, settings())
    facts = facts_of(asked.columns)
    rows = ([fact(row) for _head, fact in facts] for row in _all_rows(board, asked))
    file, count = write_workbook(_("People"), [head for head, _fact in facts], rows)
    write(accounts.note_export, this_programme().id, "people", count)
    return _as_file(file, f"people-{programme}.xlsx", XLSX)


def _as_file(file: IO[bytes], name: str, kind: str) -> Response:
    response = Response(_pieces(file), mimetype=kind)
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _pieces(file: IO[bytes]) -> Iterator[bytes]:
    with file:
        while piece := file.read(PIECE):
            yield piece
