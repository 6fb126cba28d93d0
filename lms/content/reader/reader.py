"""Reads all files of a bundle and puts them together as a course."""

from __future__ import annotations

from dataclasses import replace

from lms.content.model.bundle import Bundle
from lms.content.model.codes import FORGIVEN_IN_A_DRAFT
from lms.content.model.content_note import ContentNote
from lms.content.model.conversation import Arc, Conversation
from lms.content.model.course import (
    CertificateTerms,
    Correction,
    Course,
    Criteria,
    JurisdictionNote,
    Module,
    Objective,
    Reading,
    Source,
    Term,
)
from lms.content.model.question import Question
from lms.content.model.report import Finding, Report
from lms.content.model.structure import Outline, outline
from lms.content.reader import frontmatter, glossary, limits, shapes, values
from lms.content.reader.context import Inspect, ParseContext, parse_file, render_file
from lms.content.reader.pages import read_check, read_conversation, read_module
from lms.content.reader.parts import PartMemory, TrackedFiles


def read_course(bundle: Bundle, course_folder_name: str = "") -> Reading:
    """Reads a course without proofreading it; the same bundle gives the same course, whatever it holds."""
    context, course = read(bundle, course_folder_name)
    return finish(context, course)


def reread(bundle: Bundle) -> Course | None:
    """A course that was published, as far as it can be put together.

    Its findings were for whoever published it: a rule that came later takes no course away from its readers.
    """
    return read(bundle)[1]


def read(
    bundle: Bundle, course_folder_name: str = "", inspect: Inspect | None = None, memory: PartMemory | None = None
) -> tuple[ParseContext, Course | None]:
    """The course as far as it can be put together, with all that checking needs.

    `inspect` is called with each file that was parsed. What `memory` holds of an earlier run isn't read again.
    """
    context = ParseContext(TrackedFiles(bundle.files), inspect=inspect, memory=memory)
    context.texts.settle(limits.scan(bundle, context))
    media = {path: digest for path, digest in bundle.manifest.items() if path.startswith("media/")}
    context.pictures.settle(media)
    found = outline(bundle.files, Report("", (), context.findings))
    context.left_out.settle(_left_out(context.findings))
    shape, html = _read_front(context, course_folder_name)
    modules = tuple(read_module(context, folder) for folder in found.folders)
    conversations = tuple(
        conversation
        for path in found.conversations
        if path in context.texts and (conversation := context.part(read_conversation, path)) is not None
    )
    questions, note = _read_bank(context, bundle)
    words = context.part(glossary.read, "glossary.md") if "glossary.md" in context.texts else ()
    context.settle_claims()
    if shape is None:
        return context, None
    course = _put_together(shape, html, modules, questions, conversations, words)
    return context, replace(course, check_note=note, digest=bundle.digest, media=_named(found, media))


def _left_out(findings: list[Finding]) -> dict[str, str]:
    """The first reason by path for which a file is no part of the course."""
    reasons: dict[str, str] = {}
    for finding in findings:
        if finding.severity == "error":
            reasons.setdefault(finding.path, finding.message)
    return reasons


def finish(context: ParseContext, course: Course | None) -> Reading:
    """Findings in the order of the files, each with its line; a course only when none is an error."""
    findings = [_lenient(finding) for finding in context.findings] if course and course.draft else context.findings
    ordered = sorted(
        {_with_excerpt(finding, context) for finding in findings},
        key=lambda finding: (finding.path, finding.line, finding.column, finding.code, finding.message),
    )
    reading = Reading(course, tuple(ordered), course)
    return reading if reading.ok else replace(reading, course=None)


def _lenient(finding: Finding) -> Finding:
    return replace(finding, severity="warning") if finding.code in FORGIVEN_IN_A_DRAFT else finding


def _with_excerpt(finding: Finding, context: ParseContext) -> Finding:
    if finding.excerpt or finding.path not in context.texts:
        return finding
    lines = context.report(finding.path).lines
    return (
        replace(finding, excerpt=lines[finding.line - 1].strip()[:120]) if 0 < finding.line <= len(lines) else finding
    )


def _read_front(context: ParseContext, course_folder_name: str) -> tuple[shapes.CourseShape | None, str]:
    """course.md, whose objectives and sources everything else is held against."""
    shape, html = None, ""
    if "course.md" in context.texts:
        shape, html = context.part(read_course_page, course_folder_name)
    elif not any(finding.path == "course.md" and finding.severity == "error" for finding in context.findings):
        Report("course.md", (), context.findings).add("MISSING_FILE", message="The course has no course.md.")
    _settle(context, shape)
    return shape, html


def read_course_page(context: ParseContext, course_folder_name: str) -> tuple[shapes.CourseShape | None, str]:
    """The front matter of course.md, None where it cannot be read, and its text."""
    source, parsed = parse_file(context, "course.md", "course")
    shape = frontmatter.read(source, shapes.CourseShape, parsed.report, "the whole course")
    if shape is not None:
        _check_front(shape, parsed.report, course_folder_name)
        context.sources.known, context.objectives.known, context.course.known = _known(shape)
    return shape, render_file(context, parsed)


def _check_front(shape: shapes.CourseShape, report: Report, course_folder_name: str) -> None:
    values.check_values(shape, report)
    if course_folder_name and shape.id != course_folder_name:
        report.add("ID_NOT_FILE_NAME", 2, f"The id is “{shape.id}”, but the folder is named “{course_folder_name}”.")
    for entries in (shape.objectives, shape.sources, shape.arcs):
        ids = [entry.id for entry in entries]
        for id in sorted({id for id in ids if ids.count(id) > 1}):
            report.add("DUPLICATE_ID", message=f"The id “{id}” appears twice in course.md.")


def _settle(context: ParseContext, shape: shapes.CourseShape | None) -> None:
    """From here on, files are held against what course.md says."""
    sources, objectives, course = _known(shape) if shape else ({}, {}, {})
    context.sources.settle(sources)
    context.objectives.settle(objectives)
    context.course.settle(course)


def _known(shape: shapes.CourseShape) -> tuple[dict[str, Source], dict[str, str], dict[str, str]]:
    """Sources and objectives by id, and what pages ask of the course itself."""
    sources = {entry.id: _source(entry) for entry in shape.sources}
    objectives = {objective.id: objective.text for objective in shape.objectives}
    return sources, objectives, {"id": shape.id, "language": shape.language}


def _source(entry: shapes.SourceShape) -> Source:
    return Source(entry.id, entry.citation, entry.url, entry.licence, entry.checked)


def _read_bank(context: ParseContext, bundle: Bundle) -> tuple[tuple[Question, ...], ContentNote | None]:
    if "check.md" in context.texts:
        return context.part(read_check, "check.md")
    if "check.md" not in bundle.files:
        Report("check.md", (), context.findings).add("MISSING_FILE", message="The course has no check.md.")
    return (), None


def _named(found: Outline, media: dict[str, str]) -> dict[str, str]:
    """Digests of media by name below media/."""
    return {path.removeprefix("media/"): media[path] for path in found.media}


def _in_order(conversations: tuple[Conversation, ...], arcs: tuple[Arc, ...]) -> tuple[Conversation, ...]:
    """The conversations as their files stand; those of an arc stand together, in its order."""
    places = {conversation.id: place for place, conversation in enumerate(conversations)}

    def key(conversation: Conversation) -> tuple[int, int]:
        arc = next((arc for arc in arcs if conversation.id in arc.contacts), None)
        if arc is None:
            return places[conversation.id], 0
        return min(places[id] for id in arc.contacts if id in places), arc.contacts.index(conversation.id)

    return tuple(sorted(conversations, key=key))


def _criteria(shape: shapes.CourseShape) -> Criteria:
    asked = shape.criteria
    return Criteria(
        asked.score,
        shape.draw,
        asked.practice_required,
        asked.observed_practice,
        asked.lessons_required,
        shape.refresher.draw if shape.refresher else None,
    )


def _certificate_terms(terms: shapes.CertificateShape) -> CertificateTerms:
    # A course that was published before there was a bound is held to it.
    months = None if terms.valid_months is None else min(terms.valid_months, values.MONTHS_MOST)
    return CertificateTerms(terms.does_not_attest, months, terms.design)


def _put_together(
    shape: shapes.CourseShape,
    html: str,
    modules: tuple[Module, ...],
    questions: tuple[Question, ...],
    conversations: tuple[Conversation, ...],
    words: tuple[Term, ...],
) -> Course:
    """The course's values from the shape of its front matter and from its parts."""
    arcs = tuple(Arc(arc.id, arc.title, tuple(arc.contacts)) for arc in shape.arcs)
    return Course(
        id=shape.id,
        code=shape.code or (shape.objectives[0].id.split("-")[0].upper() if shape.objectives else shape.id[:3].upper()),
        title=shape.title,
        version=shape.version,
        language=shape.language,
        summary=shape.summary,
        audience=shape.audience,
        sectors=tuple(shape.sectors),
        prerequisites=tuple(shape.prerequisites),
        private=shape.private,
        draft=shape.status == "draft",
        objectives=tuple(Objective(entry.id, entry.text, tuple(entry.tags)) for entry in shape.objectives),
        content_note=shape.content_notes,
        criteria=_criteria(shape),
        certificate=_certificate_terms(shape.certificate),
        sources=tuple(map(_source, shape.sources)),
        jurisdiction_notes=tuple(
            JurisdictionNote(note.place, note.text, note.read_on, note.owner, note.next_check)
            for note in shape.jurisdiction_notes
        ),
        review_due=shape.review_due,
        licence=shape.licence,
        authors=tuple(shape.authors),
        html=html,
        modules=modules,
        questions=questions,
        conversations=_in_order(conversations, arcs),
        digest="",
        needs_facts=tuple(shape.needs_facts),
        glossary=words,
        arcs=arcs,
        corrected=_correction(shape.corrected),
    )


def _correction(shape: shapes.CorrectionShape | None) -> Correction | None:
    return Correction(shape.day or "", tuple(shape.lessons), shape.note) if shape else None
