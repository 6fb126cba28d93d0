"""Tables that hold nothing about people."""

from __future__ import annotations

# Tables in which nothing stands of anybody who has an account here; a new table stands here or in the notice.
ABOUT_NOBODY = {
    "audit_seal",  # numbers of audit entries and digests of them
    "api_key",  # keys of registers that ask, by their label
    "bundle",
    "course_line",
    "course_owner",
    "course_source",  # which git repository a course comes from
    "library_text",
    "draft_file",
    "draft_text",  # what a course says
    "former_offering",
    "key_mark",  # fingerprints of the site’s keys
    "job_push",  # the next work of the job process, for a second
    "line_withdrawal",
    "line_note",  # what was found out about a support line
    "offering",
    "pack_request",  # that a course is to be printed, by nobody's name
    "programme",
    "question_count",  # how many people chose what in a check, without names
    "question_tally",
    "readiness",
    "remark",  # what was said of a lesson, without a name
    "remark_answer",
    "review",  # the reviewers of a course, who are named in public
    "signing_key",
    "status_count",  # how many people have which status, without names
    "status_list",
    "talk_coverage",
    "talk_tally",
    "unit",  # wards and teams of a programme; who is in one stands in "member"
    "used_challenge",  # what passkeys have answered, without whose they are
    "validity_rule",
    "version",
    "version_closing",  # which version of a course closes when, and how far its learners were told
    "withdrawn_course",
}
