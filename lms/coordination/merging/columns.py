"""Every column that names a person or their course: what a merge does with it. A test holds this against the schema.

Rows about the person and what they did as staff move to the account that is kept. Ways to sign in and choices don't: a
merge opens nobody's account to another password, phone or provider, and turns no email on.
"""

from __future__ import annotations

SIGNING_IN = "a way to sign in, or a trace of one, which goes on with the account or ends with it"
CHOICE = "a choice; the choices of the kept account apply"
OWN_RULE = "has a rule of its own in plans: see there"
WORKED_OUT = "worked out again after a merge"
OF_MERGES = "says which accounts were merged, and stays as it was said"

# Rows that move, by the column that names their person.
OF_PERSON = (
    "assignment.made_by",
    "assignment_extension.answered_by",
    "assignment_extension.person_id",
    "assignment_mail.asked_by",
    "assignment_mail_person.person_id",
    "assignment_person.person_id",
    "award.person_id",
    "batch.asked_by",
    "draft.created_by",
    "draft_revision.person_id",
    "end_notice.person_id",
    "equivalent.recorded_by",
    "member.line_manager_id",
    "membership.person_id",
    "name_confirmation.confirmed_by",
    "name_confirmation.person_id",
    "observation.confirmed_by",
    "observation.observer_id",
    "observation.recorded_by",
    "publication.asked_by",
    "publication.decided_by",
    "refresher.person_id",
    "refresher_shown.person_id",
    "regrade.decided_by",
    "regrade.proposed_by",
    "regraded_result.decided_by",
    "review_request.asked_by",
    "review_request.reviewer_id",
    "roster_import.asked_by",
)
# Rows that move, by the column that names the course somebody started.
OF_COURSE = (
    "attempt.enrolment_id",
    "award.enrolment_id",
    "batch_item.enrolment_id",
    "equivalent.enrolment_id",
    "lesson_done.enrolment_id",
    "observation.enrolment_id",
    "practice_done.enrolment_id",
    "renewal.enrolment_id",
    "talk_run.enrolment_id",
)
# Columns without a rule above, each with the reason.
STAYS = {
    "account_ending.person_id": "is about the closed account itself",
    "account_merge.kept_id": OF_MERGES,
    "account_merge.merged_by": OF_MERGES,
    "account_merge.other_id": OF_MERGES,
    "account_merge.undone_by": OF_MERGES,
    "authenticator_app.person_id": SIGNING_IN,
    "choices.person_id": CHOICE,
    "consent.person_id": CHOICE,
    "email_change.person_id": SIGNING_IN,
    "enrolment.person_id": "what was done in a course moves to the kept account's own row for it: " + OWN_RULE,
    "external_identity.person_id": SIGNING_IN,
    "known_device.person_id": SIGNING_IN,
    "looks.person_id": CHOICE,
    "member.person_id": OWN_RULE,
    "passkey.person_id": SIGNING_IN,
    "password_link.person_id": SIGNING_IN,
    "person_word.person_id": WORKED_OUT,
    "recovery_code.person_id": SIGNING_IN,
    "sign_in.person_id": SIGNING_IN,
    "training_status.enrolment_id": WORKED_OUT,
    "training_status.person_id": WORKED_OUT,
    "transcript_request.person_id": "holds a PDF with what the closed account had; a new one can be asked for",
    "waiting_line.person_id": CHOICE,
}
# What only one row of a course may have: the kept account's row has it where both do, but for certificates.
MARKERS = {
    "attempt": "open_for",
    "award": "current_for",
    "renewal": "open_for",
    "talk_run": "open_for",
}
# What counts for more where both have a row under the same key: played so that it counts, read and not just known.
BETTER = {"lesson_done": ("known", False), "practice_done": ("counts", True)}
