"""Reactions: the one table of what follows from which event, the work of the job process, and its sweeps."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from flask import url_for

from lms import reminders, retention
from lms.accounts import records as accounts
from lms.accounts.email_change.records import sweep_changes
from lms.accounts.events import (
    AccountDisabled,
    AccountEnabled,
    AddressConfirmed,
    EmailChanged,
    EmailChangeUndone,
    MembershipEnded,
    MembershipGiven,
    NamesChanged,
    NewDevice,
    PasskeyAdded,
    PasswordLinkHandedOut,
    ProgrammeSet,
    RecoveryCodeUsed,
    SecondFactorOff,
    SecondFactorReset,
    SecondFactorSet,
    SignInRefused,
)
from lms.accounts.invitations.records import sweep_invitations
from lms.accounts.members import actions as members
from lms.accounts.members.details import note_on_joining
from lms.accounts.members.events import MemberDetailsChanged, UnitJoined, UnitRemoved
from lms.accounts.notifications import preferences
from lms.accounts.notifications.reader_language import language_of
from lms.accounts.personal_data import closed_accounts
from lms.accounts.programmes import actions as programmes
from lms.accounts.rules import SIGN_IN_KEPT
from lms.accounts.second_factor.emails import email_about_link, email_about_sign_in
from lms.accounts.second_factor.records import sweep_challenges
from lms.accounts.session_records import sweep_sign_ins
from lms.accounts.single_sign_on.emails import email_about_connection
from lms.accounts.single_sign_on.events import SingleSignOnConnected
from lms.all_rooms import delete_person
from lms.authoring.drafts.events import DraftDiscarded
from lms.authoring.pack import jobs as pack_jobs
from lms.authoring.pack import records as pack_records
from lms.authoring.publishing import jobs as publishing_jobs
from lms.authoring.publishing.events import (
    ChangesAsked,
    PublicationApproved,
    PublicationAsked,
    PublicationCalledOff,
    PublicationStopped,
)
from lms.authoring.publishing.plans import emails as publishing_emails
from lms.authoring.publishing.plans.actions import call_off
from lms.authoring.repositories import jobs as repository_jobs
from lms.authoring.repositories import records as repository_records
from lms.authoring.reviews.emails import email_about_review
from lms.authoring.reviews.events import ReviewAsked
from lms.authoring.statistics import count_actions
from lms.authoring.statistics.regrading import actions as regrading
from lms.authoring.statistics.regrading.emails import email_about_marking, email_about_proposal
from lms.authoring.statistics.regrading.events import CheckRegraded, RegradeProposed
from lms.certification.awards import actions as certification
from lms.certification.awards.codes import grouped
from lms.certification.awards.document_records import find_letters
from lms.certification.awards.events import (
    CertificateHeld,
    CertificateIssued,
    CertificateReinstated,
    CertificateReplaced,
    CertificateWithdrawn,
    DocumentStored,
    NameConfirmed,
    ObservationUndone,
    ObserverConfirmed,
    PdfWaitsForLetters,
    PracticeObserved,
    SpellingAsked,
)
from lms.certification.awards.naming import confirming as naming
from lms.certification.awards.observations import find_observation
from lms.certification.awards.records import get_award
from lms.certification.badges import records as badge_records
from lms.certification.pdf import jobs as pdf_jobs
from lms.certification.readiness import actions as readiness_actions
from lms.certification.renewal import actions as renewal_actions
from lms.certification.renewal import expiry_notices
from lms.coordination.assignments import actions as assignments
from lms.coordination.assignments import jobs as assignment_jobs
from lms.coordination.batches import jobs as batch_jobs
from lms.coordination.board import sum_records
from lms.coordination.board.actions import follow_privacy, leave_unit, refresh_person, refresh_status
from lms.coordination.merging.emails import email_about_merge, email_about_undo
from lms.coordination.merging.events import AccountsMerged, MergeUndone
from lms.coordination.roster import jobs as roster_jobs
from lms.foundation import clock
from lms.foundation.background import jobs
from lms.foundation.background.jobs import Lane, Sweep, Work
from lms.foundation.config.settings import Settings
from lms.foundation.db import after_commit, write
from lms.foundation.events import Reactions
from lms.foundation.hosts.sealing import seal_if_ours
from lms.foundation.mail import deletion as mail_deletion
from lms.foundation.mail import outbox as mail_outbox
from lms.foundation.mail.templates import writing_in
from lms.foundation.per_app import provided
from lms.foundation.storage.files import FileStore
from lms.foundation.text.i18n import gettext as _
from lms.foundation.text.i18n import moment
from lms.foundation.web import throttle
from lms.foundation.web.observing import Observer
from lms.learning.check.refreshers import queue_due_reminders
from lms.learning.feedback.records import list_finishers
from lms.learning.practice import records as practice_records
from lms.learning.progress.events import (
    CoursePassed,
    Enrolled,
    EquivalentRecorded,
    LessonFinished,
    PracticeCompleted,
    RemarkAnswered,
)
from lms.learning.progress.records import list_enrolments
from lms.library.events import CoursePublished, ReviewRecorded
from lms.wellbeing import support_cache as kept_care

REFRESHERS_AT_ONCE, REFRESHER_PORTIONS = 20, 50


def reactions(settings: Settings) -> Reactions:
    """Return what follows from each event, inside the same write."""

    def issue_if_earned(event: Any) -> None:
        renewal_actions.issue_or_renew_if_earned(event.enrolment_id, settings)

    def raise_if_earned(enrolment_id: str) -> None:
        readiness_actions.raise_if_earned(enrolment_id, settings)

    def issue_what_is_earned(event: AccountsMerged) -> None:
        # What each account had done of a course may complete it once they are one.
        for enrolment in list_enrolments(event.person_id):
            renewal_actions.issue_or_renew_if_earned(enrolment.id, settings)
            raise_if_earned(enrolment.id)

    def keep_status(event: Any) -> None:
        refresh_status(event.person_id, event.programme_id)

    def keep_listed(event: Any) -> None:
        refresh_person(event.person_id)

    return {
        MembershipGiven: [members.follow_role, programmes.follow_role, note_on_joining, keep_listed],
        MembershipEnded: [members.follow_role, programmes.follow_role, keep_listed],
        NamesChanged: [
            members.follow_details,
            lambda event: naming.follow_names(event.person_id, settings),
            keep_listed,
        ],
        NameConfirmed: [lambda event: naming.release_confirmed(event.person_id, settings)],
        EmailChanged: [members.follow_details, keep_listed],
        EmailChangeUndone: [members.follow_details, keep_listed],
        AddressConfirmed: [keep_listed],
        UnitJoined: [keep_listed],
        MemberDetailsChanged: [members.follow_details, keep_listed],
        UnitRemoved: [
            lambda event: leave_unit(event.unit_id),
            lambda event: assignments.leave_unit(event.unit_id),
        ],
        AccountDisabled: [programmes.follow_account, keep_listed],
        AccountsMerged: [lambda event: email_about_merge(event, settings), issue_what_is_earned],
        MergeUndone: [lambda event: email_about_undo(event, settings)],
        AccountEnabled: [
            programmes.follow_account,
            keep_listed,
            lambda event: closed_accounts.forget_ending(event.person_id),
        ],
        Enrolled: [keep_status],
        ReviewAsked: [lambda event: email_about_review(event, settings)],
        DraftDiscarded: [lambda event: call_off(event.draft_id)],
        PublicationAsked: [lambda event: publishing_emails.email_about_request(event, settings)],
        PublicationApproved: [
            publishing_emails.take_back_request,
            lambda event: publishing_emails.email_about_approval(event, settings),
        ],
        ChangesAsked: [
            publishing_emails.take_back_request,
            lambda event: publishing_emails.email_about_changes(event, settings),
        ],
        PublicationCalledOff: [publishing_emails.take_back_request],
        PublicationStopped: [lambda event: publishing_emails.email_about_stop(event, settings)],
        CoursePublished: [lambda event: follow_privacy(event.course_id)],
        LessonFinished: [issue_if_earned],
        PracticeCompleted: [issue_if_earned],
        CoursePassed: [issue_if_earned],
        EquivalentRecorded: [issue_if_earned],
        RegradeProposed: [lambda event: email_about_proposal(event, settings)],
        CheckRegraded: [keep_status, lambda event: email_about_marking(event, settings)],
        PracticeObserved: [
            lambda event: raise_if_earned(event.enrolment_id),
            lambda event: _ask_to_confirm(event.observation_id, settings),
            keep_status,
        ],
        ObserverConfirmed: [lambda event: raise_if_earned(event.enrolment_id), keep_status],
        ObservationUndone: [lambda event: raise_if_earned(event.enrolment_id), keep_status],
        ReviewRecorded: [lambda event: certification.release_reviewed(event.course_id, settings)],
        RemarkAnswered: [_queue_answer_update],
        NewDevice: [lambda event: _email_about_device(event, settings)],
        SignInRefused: [lambda _event: after_commit(provided(Observer).count_refused_sign_in)],
        SingleSignOnConnected: [lambda event: email_about_connection(event, settings)],
        PasswordLinkHandedOut: [lambda event: email_about_link(event, settings)],
        SecondFactorSet: [lambda event: email_about_sign_in(event, settings)],
        SecondFactorOff: [lambda event: email_about_sign_in(event, settings)],
        SecondFactorReset: [lambda event: email_about_sign_in(event, settings)],
        RecoveryCodeUsed: [lambda event: email_about_sign_in(event, settings)],
        PasskeyAdded: [lambda event: email_about_sign_in(event, settings)],
        ProgrammeSet: [
            lambda _event: after_commit(lambda: kept_care.copy_programmes(settings.data)),
            _release_unasked,
        ],
        PdfWaitsForLetters: [lambda event: _email_holder("certificate_without_pdf", event.award_id, settings)],
        SpellingAsked: [lambda event: _email_holder("ask_for_spelling", event.award_id, settings)],
        CertificateHeld: [
            lambda event: expiry_notices.take_back_before(event.award_id),
            lambda event: reminders.queue_names_update(event.award_id),
            keep_status,
        ],
        CertificateIssued: [
            keep_status,
            lambda event: expiry_notices.take_back_before(event.award_id),
            lambda event: certification.request_document(event.award_id),
            lambda event: readiness_actions.raise_award_if_earned(get_award(event.award_id), settings),
        ],
        CertificateWithdrawn: [
            lambda event: badge_records.mark_stale(event.award_id),
            lambda event: expiry_notices.take_back(event.award_id),
            keep_status,
        ],
        CertificateReinstated: [lambda event: badge_records.mark_stale(event.award_id), keep_status],
        CertificateReplaced: [
            lambda event: badge_records.mark_stale(event.award_id),
            lambda event: expiry_notices.carry_over(event.award_id, event.new_award_id),
        ],
        DocumentStored: [lambda event: _email_holder("certificate_ready", event.award_id, settings)],
    }


def _email_holder(template: str, award_id: str, settings: Settings) -> None:
    """Email the holder of a certificate about it."""
    award = get_award(award_id)
    holder, programme = accounts.get_person(award.person_id), accounts.get_programme(award.programme_id)
    with writing_in(language_of(holder, programme)) as render_email:
        email = render_email(
            template,
            name=holder.display_name,
            title=award.title,
            code=grouped(award.code),
            letters=" ".join(find_letters(award_id)),
            programme=programme.name,
            certificate_url=settings.base_url + url_for("certification.certificate", code=award.code),
            account_url=settings.base_url + url_for("accounts.account"),
            preferences_url=_preferences_url(settings),
        )
    mail_outbox.queue_mail(settings, holder.email, *email, quiet=preferences.quiet_hours(holder.id))


def _release_unasked(event: ProgrammeSet) -> None:
    if "confirm_names" in event.settings:
        jobs.push(naming.WORK, event.programme_id)


def _preferences_url(settings: Settings) -> str:
    return settings.base_url + url_for("accounts.email_preferences")


def _ask_to_confirm(observation_id: str, settings: Settings) -> None:
    """Ask trainers and coordinators by email to confirm an observer without an account; no name stands in it."""
    row = find_observation(observation_id)
    if row is None or not row.pending:
        return
    programme = accounts.get_programme(row.programme_id)
    address = settings.base_url + url_for("coordination.to_confirm", programme=programme.slug)
    for person in readiness_actions.who_may_confirm(row):
        with writing_in(language_of(person, programme)) as render_email:
            email = render_email(
                "confirm_observer",
                name=person.display_name,
                programme=programme.name,
                address=address,
                preferences_url=_preferences_url(settings),
            )
        mail_outbox.queue_mail(settings, person.email, *email, quiet=preferences.quiet_hours(person.id))


def _email_about_device(event: NewDevice, settings: Settings) -> None:
    person = accounts.get_person(event.person_id)
    with writing_in(language_of(person)) as render_email:
        email = render_email(
            "new_device",
            name=person.display_name,
            moment=moment(clock.now(), settings.timezone),
            device=event.kind or _("unknown device"),
            address=settings.base_url + url_for("accounts.password"),
            preferences_url=_preferences_url(settings),
        )
    mail_outbox.queue_mail(settings, person.email, *email, quiet=preferences.quiet_hours(person.id))


def _queue_answer_update(event: RemarkAnswered) -> None:
    readers = list_finishers(event.programme_id, event.course_id, event.lesson_id)
    address = url_for("learning.feedback", course=event.course_id, lesson=event.lesson_id)
    preferences.queue_update(readers, "answers", address)


def _queue_refresher_updates(settings: Settings) -> None:
    today, path = clock.today(settings.timezone), url_for("learning.refreshers")
    for _portion in range(REFRESHER_PORTIONS):
        if write(queue_due_reminders, today, path, REFRESHERS_AT_ONCE) < REFRESHERS_AT_ONCE:
            return


def lanes(settings: Settings, designs: Path) -> list[Lane]:
    """Return what each worker of the job process does when asked, by the key of a row, and looks after each minute.

    Email and git repositories have lanes of their own: a server that does not answer holds up nothing else.
    """
    work = {
        "certification.render": lambda award_id: pdf_jobs.make_document(award_id, settings, designs),
        "certification.transcript": lambda person_id: pdf_jobs.make_requested_transcript(person_id, settings, designs),
        "coordination.batch": lambda key: batch_jobs.work(key, settings, designs),
        "coordination.roster": lambda key: roster_jobs.work(key, settings),
        pack_records.WORK: lambda key: pack_jobs.make_requested_pack(key, settings, designs),
        assignments.WORK: lambda mail_id: assignment_jobs.work(mail_id, settings),
        regrading.WORK: regrading.work,
        naming.WORK: lambda _programme_id: naming.release_unasked(settings),
    }
    sweeps: list[Sweep] = [
        lambda: naming.release_unasked(settings),
        lambda: pdf_jobs.sweep(settings, designs),
        lambda: pdf_jobs.sweep_transcripts(settings, designs),
        lambda: pack_jobs.sweep(settings, designs),
        lambda: batch_jobs.sweep(settings, designs),
        lambda: roster_jobs.sweep(settings),
        lambda: assignment_jobs.sweep(settings),
        lambda: publishing_jobs.sweep(settings),
        lambda: publishing_jobs.sweep_closings(settings),
        lambda: reminders.send_expiry_reminders(settings),
        lambda: reminders.queue_expiry_updates(settings),
        lambda: _queue_refresher_updates(settings),
        lambda: reminders.send_lines(settings),
        lambda: mail_deletion.forget_old(settings),
        count_actions.sweep,
        sum_records.sweep,
        regrading.sweep,
        lambda: retention.sweep(settings, delete_person),
        sweep_invitations,
        throttle.sweep,
        sweep_challenges,
        sweep_changes,
        practice_records.sweep,
        lambda: sweep_sign_ins(clock.now() - SIGN_IN_KEPT),
    ]

    here: list[Sweep] = [
        lambda: kept_care.copy_notes(settings.data),
        lambda: kept_care.copy_programmes(settings.data),
        lambda: batch_jobs.clear_away(settings),
        lambda: provided(FileStore).forget_copies(),
    ]
    # On PostgreSQL, whichever host leads may not have the site's audit key, so each one tries.
    (sweeps if settings.sqlite else here).append(lambda: seal_if_ours(settings))

    def send(_mail_id: str = "") -> None:
        mail_outbox.sweep(settings)

    repositories: dict[str, Work] = {repository_records.WORK: repository_jobs.work}
    return [
        Lane("work", work, sweeps, here, anywhere=("certification.render", "certification.transcript")),
        Lane(mail_outbox.LANE, {"mail.send": send}, [send]),
        Lane("repositories", repositories, [repository_jobs.sweep]),
    ]
