"""Every setting with its default and what it does: the one list of them, which docs/settings.md shows."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Setting:
    """Some settings that belong together: their names, the default and what they do, both as the page says them."""

    names: tuple[str, ...]
    default: str
    about: str


OF_SITE = (
    Setting(
        ("LMS_BASE_URL",),
        "`http://127.0.0.1:` and the port",
        "The address of the site, without a path. It appears in links, in emails and on certificates.",
    ),
    Setting(
        ("LMS_DATA",),
        "`./data`",
        "The folder for the database, documents, keys and email. Back it up and keep it private.",
    ),
    Setting(
        ("LMS_DATABASE_URL",),
        "a file in `LMS_DATA`",
        "The database: `sqlite:///…` or `postgresql://user:password@host/sidelight`.",
    ),
    Setting(
        ("LMS_REPORTS_DATABASE_URL",),
        "none",
        "A PostgreSQL replica from which coordinators’ lists and files are read. See [Several "
        "servers](several-servers.md#a-replica-for-reports).",
    ),
    Setting(
        ("LMS_FILES_URL",),
        "a folder in `LMS_DATA`",
        "Where several servers share pictures, recordings and ZIP files: `s3://bucket` (with `?region=…` or "
        "`?endpoint=https://…`) or `file:/mnt/folder` for a folder that all of them mount. See [Several "
        "servers](several-servers.md).",
    ),
    Setting(
        ("LMS_TIMEZONE",),
        "`UTC`",
        "The time zone that decides on which day something happened, such as `Europe/London`.",
    ),
    Setting(
        ("LMS_REGISTRATION",),
        "`invited`",
        "Who can make an account: `closed` (nobody), `invited` (with an invitation), `open` (anyone).",
    ),
    Setting(
        ("LMS_SECOND_FACTOR_DAYS",),
        "`14`",
        "After how many days operators and coordinators need a second step to sign in, counted from their "
        "first sign-in with that role. `0` asks straight away, `never` leaves it to them. See [Signing in "
        "safely](signing-in.md).",
    ),
    Setting(
        ("LMS_MAIL_URL",),
        "`file:`",
        "Where email goes: `file:` (a folder in `LMS_DATA`), `file:/a/folder`, `console:` (the terminal), "
        "`smtp://user:password@host:587` or `smtps://user:password@host`. See [Email](#email).",
    ),
    Setting(
        ("LMS_MAIL_FROM",),
        "`no-reply@` and the host of `LMS_BASE_URL`",
        "Who email comes from: an address, or `Harbour peer support <peer-support@example.org>`.",
    ),
    Setting(
        ("LMS_MAIL_CA",),
        "the machine’s own list",
        "A file of certificates (PEM) to trust instead, if you run your own mail server.",
    ),
    Setting(
        ("LMS_MAIL_ALLOW_PLAIN",),
        "`no`",
        "`yes` sends email and password without TLS where the server offers none. Anyone on the network can "
        "then read both.",
    ),
    Setting(
        ("LMS_KEEP_ANSWERS_MONTHS",),
        "`24`",
        "How long we keep answers to a check, in months, or `always` (until their person deletes their "
        "account). Results stay. See [Privacy](privacy.md).",
    ),
    Setting(
        ("LMS_KEEP_CLOSED_ACCOUNTS_MONTHS",),
        "`12`",
        "After how many months a closed account is deleted, or `always` to leave it. Its person gets an email "
        "30 days before.",
    ),
    Setting(
        ("LMS_KEEP_EMAILS_DAYS",),
        "`30`",
        "For how many days the site remembers to whom it sent an email, and with which subject: 8 or more.",
    ),
    Setting(
        ("LMS_HOLD_UNREVIEWED",),
        "`yes`",
        "`yes` holds certificates back until the course has had the reviews it needs. Each programme can "
        "override this.",
    ),
    Setting(
        ("LMS_ALLOW_HTTP",),
        "`no`",
        "`yes` allows plain http on a network. Anyone on the network can then read passwords, so use it only "
        "for a trial.",
    ),
    Setting(
        ("LMS_LEAVE_URL",),
        "`https://www.wikipedia.org/`",
        "Where “Leave this page” goes: a page on another site that looks the same to everyone. It should be "
        "unremarkable, without names, places or news.",
    ),
    Setting(
        ("LMS_SIGNING_KEY", "LMS_SIGNING_CERT"),
        "created in `LMS_DATA/keys`",
        "An organisation’s own key (ECDSA on P-256, or RSA) for signing PDFs, and its certificate with those of the "
        "authorities above it, both in PEM. Or one `.p12` or `.pfx` file as `LMS_SIGNING_KEY` alone. See [A "
        "certificate from a public authority](certificates.md#a-certificate-from-a-public-authority).",
    ),
    Setting(
        ("LMS_SIGNING_PASSPHRASE",),
        "none",
        "The passphrase of the file in `LMS_SIGNING_KEY`, if it has one.",
    ),
    Setting(
        ("LMS_TIMESTAMP_URL", "LMS_TIMESTAMP_CA"),
        "none",
        "A timestamp server (RFC 3161) that says when each PDF was signed, and a file with the certificate (PEM) of "
        "the authority that vouches for the server. Set both or neither. See [Timestamps](certificates.md#timestamps).",
    ),
    Setting(
        ("LMS_TIMESTAMP_LEVEL",),
        "`T`",
        "What is added to a PDF (PAdES): with `T`, a timestamp of the signature; with `LTA`, also everything that's "
        "needed to verify both after their authorities have gone.",
    ),
    Setting(
        ("LMS_PDF_SUBFILTER",),
        "`pades`",
        "The format of PDF signatures: `pades`, or `pkcs7` for readers that only support the older format.",
    ),
    Setting(
        ("LMS_TRUSTED_PROXIES",),
        "none",
        "The addresses or networks of your own proxies, separated by commas: `127.0.0.1,::1` for one on the "
        "same machine. We only trust `X-Forwarded-For` and `X-Request-ID` from these, and no other proxy "
        "header.",
    ),
    Setting(
        ("LMS_METRICS_KEY",),
        "none",
        "A key of at least 16 characters that Prometheus sends to read `/metrics`. Without one there are no "
        "metrics. See [Watch the site](deployment.md#watch-the-site).",
    ),
    Setting(
        ("LMS_LOG_FORMAT",),
        "`text`",
        "How log lines are written: `text`, or `json` for programs that collect logs.",
    ),
    Setting(
        ("LMS_ACCESS_LOG",),
        "`no`",
        "`yes` writes a line for each request, without addresses of any kind.",
    ),
    Setting(
        ("PORT",),
        "`8000`",
        "The port that `lms serve` listens on, on this machine.",
    ),
)
OF_SINGLE_SIGN_ON = (
    Setting(
        ("LMS_SSO_ISSUER",),
        "none",
        "The provider, exactly as it names itself: `https://id.example.org/realms/harbour`.",
    ),
    Setting(
        ("LMS_SSO_CLIENT_ID",),
        "none",
        "What the provider calls this site.",
    ),
    Setting(
        ("LMS_SSO_CLIENT_SECRET", "LMS_SSO_CLIENT_SECRET_FILE"),
        "none",
        "The secret that goes with it, or a file with nothing else in it. Set one of them.",
    ),
    Setting(
        ("LMS_SSO_LABEL",),
        "`Single sign-on`",
        "The words on the button, such as `Harbour account`.",
    ),
    Setting(
        ("LMS_SSO_PROGRAMME",),
        "none",
        "The short name of the programme of which people become learners.",
    ),
    Setting(
        ("LMS_SSO_ACCOUNTS",),
        "`no`",
        "`yes` makes an account for somebody who has none, at their first sign-in.",
    ),
    Setting(
        ("LMS_SSO_ONLY",),
        "`yes`",
        "People who are connected sign in this way only, operators excepted. `no` lets them use a password or "
        "passkey as well.",
    ),
    Setting(
        ("LMS_SSO_HOURS",),
        "`4`",
        "After how many hours, from 1 to 12, the provider is asked again. Who was removed there can't enter "
        "after that.",
    ),
    Setting(
        ("LMS_SSO_MAPPING",),
        "none",
        "What claims give: `groups=/Emergency -> unit:Emergency; groups=/Trainers -> role:trainer`.",
    ),
    Setting(
        ("LMS_SSO_STAFF_ROLES",),
        "`no`",
        "`yes` lets the mapping give roles above learner.",
    ),
    Setting(
        ("LMS_SSO_SECOND_STEP",),
        "none",
        "Which claims say that the provider asked for a second step: `amr=mfa; acr=2`. Otherwise this site "
        "asks for its own.",
    ),
    Setting(
        ("LMS_SSO_TRUST_EMAILS",),
        "`no`",
        "`yes` takes email addresses as confirmed although the provider doesn’t say so.",
    ),
    Setting(
        ("LMS_SSO_SCOPES",),
        "`openid email profile`",
        "What is asked of the provider.",
    ),
)

# Read by `lms care` alone.
ELSEWHERE = {"LMS_CARE_EMAIL", "LMS_CARE_PASSWORD"}
SSO_NAMES = {name for setting in OF_SINGLE_SIGN_ON for name in setting.names}
NAMES = SSO_NAMES | {name for setting in OF_SITE for name in setting.names}
