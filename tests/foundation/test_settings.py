"""Settings that cannot work are refused at start, with the name, what was seen and an example, and no password."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from lms.foundation.config.reference import ELSEWHERE, NAMES, OF_SINGLE_SIGN_ON, OF_SITE
from lms.foundation.config.settings import BadSetting, read_settings
from tests.conftest import ROOT
from tests.house import settings as settings_page

SECRET = "hunter2"
CANNOT_WORK = [
    ("LMS_MAIL_URL", f"smtp://u:{SECRET}#ss@mail.example.org"),
    ("LMS_MAIL_URL", f"smtp://u:{SECRET}/ss@mail.example.org"),
    ("LMS_MAIL_URL", f"smtp://u:{SECRET}?ss@mail.example.org:587"),
    ("LMS_MAIL_URL", f"smtp://u:{SECRET}@{SECRET}@mail.example.org"),
    ("LMS_MAIL_URL", f"smtp://u:{SECRET}%zz@mail.example.org"),
    ("LMS_MAIL_URL", f"smtp://u:{SECRET}"),
    ("LMS_MAIL_URL", f"smtp://u:{SECRET}@"),
    ("LMS_MAIL_URL", f"smtp:u:{SECRET}@mail.example.org"),
    ("LMS_MAIL_URL", f"{SECRET}@mail.example.org"),
    ("LMS_MAIL_URL", f"SMTP://u:{SECRET}@mail.example.org"),
    ("LMS_MAIL_URL", f"smtp://u:{SECRET}@mail.example.org:99999"),
    ("LMS_MAIL_URL", f"smtp://u:{SECRET}@mail.example.org "),
    ("LMS_MAIL_URL", f"smtp://u:{SECRET}\u00e4@mail.example.org"),
    ("LMS_MAIL_URL", f"smtp://u:{SECRET}%E4@mail.example.org"),
    ("LMS_MAIL_URL", f"smtp://u:{SECRET}%0D%0Ax@mail.example.org"),
    ("LMS_MAIL_URL", f"smtp://J\u00f6rg:{SECRET}@mail.example.org"),
    ("LMS_MAIL_URL", "smtp://mail.example.org:"),
    ("LMS_MAIL_URL", "smtp://10.0.1"),
    ("LMS_MAIL_URL", "smtp://999.1.1.1"),
    ("LMS_MAIL_FROM", ".no-reply@example.org"),
    ("LMS_MAIL_FROM", "no-reply.@example.org"),
    ("LMS_MAIL_FROM", "no..reply@example.org"),
    ("LMS_MAIL_FROM", "n" * 65 + "@example.org"),
    ("LMS_TRUSTED_PROXIES", "0.0.0.0/0"),
    ("LMS_TRUSTED_PROXIES", "127.0.0.1, ::/0"),
    ("LMS_TRUSTED_PROXIES", "::ffff:0.0.0.0/96"),
    ("LMS_DATA", "~/sidelight"),
    ("LMS_METRICS_KEY", SECRET),
    ("LMS_METRICS_KEY", f"{SECRET} {SECRET} {SECRET}"),
    ("LMS_LOG_FORMAT", "JSON"),
    ("LMS_ACCESS_LOG", "all"),
    ("PORT", "9" * 5000),
    ("LMS_KEEP_ANSWERS_MONTHS", "0"),
    ("LMS_KEEP_ANSWERS_MONTHS", "never"),
    ("LMS_KEEP_CLOSED_ACCOUNTS_MONTHS", "1.5"),
    ("LMS_KEEP_EMAILS_DAYS", "7"),
    ("LMS_KEEP_EMAILS_DAYS", "always"),
    ("PORT", "0" * 5000 + "1"),
    ("LMS_BASE_URL", "https://training.example.org:"),
    ("LMS_BASE_URL", "https://10.0.1"),
    ("LMS_MAIL_URL", "smtp://u@mail.example.org"),
    ("LMS_MAIL_URL", "smtp://"),
    ("LMS_MAIL_URL", "smtps://:465"),
    ("LMS_MAIL_URL", "smtp://mail.example.org/inbox/x"),
    ("LMS_MAIL_URL", "smtp://mail example.org"),
    ("LMS_MAIL_URL", "mail.example.org"),
    ("LMS_MAIL_URL", "file://host/folder"),
    ("LMS_MAIL_URL", "console:x"),
    ("LMS_MAIL_URL", ""),
    ("LMS_MAIL_CA", "/no/such/file.pem"),
    ("LMS_MAIL_CA", str(ROOT / "README.md")),
    ("LMS_MAIL_ALLOW_PLAIN", "true"),
    ("LMS_BASE_URL", "Https://training.example.org"),
    ("LMS_BASE_URL", "https://training.example.org?x=1"),
    ("LMS_BASE_URL", "https://training.example.org/#x"),
    ("LMS_BASE_URL", "https://training.example.org "),
    ("LMS_BASE_URL", " https://training.example.org"),
    ("LMS_BASE_URL", "https://training.example.org\n"),
    ("LMS_BASE_URL", "https://training.example.org\u200b"),
    ("LMS_BASE_URL", f"https://u:{SECRET}@training.example.org"),
    ("LMS_BASE_URL", "https://training.example.org:port"),
    ("LMS_BASE_URL", "https://training.example.org:0"),
    ("LMS_BASE_URL", "https://training example.org"),
    ("LMS_BASE_URL", "https://-.example.org"),
    ("LMS_BASE_URL", "https://"),
    ("LMS_BASE_URL", "training.example.org"),
    ("LMS_BASE_URL", "https://training.example.org/lms"),
    ("LMS_BASE_URL", "http://training.example.org"),
    ("LMS_BASE_URL", ""),
    ("LMS_LEAVE_URL", "Https://www.example.org"),
    ("LMS_LEAVE_URL", "https://www.example.org /"),
    ("LMS_DATABASE_URL", f"postgresql://u:{SECRET}@db.example.org"),
    ("LMS_DATABASE_URL", f"postgresql://u:{SECRET}#x@db.example.org/sidelight"),
    ("LMS_DATABASE_URL", f"postgresql://u:{SECRET}@db.example.org:x/sidelight"),
    ("LMS_DATABASE_URL", f"mysql://u:{SECRET}@db.example.org/sidelight"),
    ("LMS_DATABASE_URL", "sqlite:///"),
    ("LMS_DATABASE_URL", "sqlite:///:memory:"),
    ("LMS_DATABASE_URL", "sqlite:////srv/sidelight.db?x=1"),
    ("LMS_DATABASE_URL", "sqlite:////srv/sidelight.db "),
    ("LMS_REPORTS_DATABASE_URL", f"postgresql://u:{SECRET}@replica.example.org/sidelight"),
    ("LMS_REPORTS_DATABASE_URL", "sqlite:////srv/replica.db"),
    ("LMS_DATA", ""),
    ("LMS_DATA", str(ROOT / "README.md")),
    ("LMS_DATA", "sqlite:///data"),
    ("LMS_TIMEZONE", "Europe/Londn"),
    ("LMS_TIMEZONE", ""),
    ("LMS_TIMEZONE", "/etc/passwd"),
    ("LMS_REGISTRATION", "Open"),
    ("LMS_HOLD_UNREVIEWED", "no "),
    ("LMS_PDF_SUBFILTER", "pkcs12"),
    ("LMS_MAIL_ULR", f"smtp://u:{SECRET}@mail.example.org"),
    ("LMS_TIME_ZONE", "Europe/London"),
    ("LMS_BASEURL", "https://training.example.org"),
    ("PORT", "80 80"),
    ("PORT", "0"),
    ("PORT", "65536"),
    ("PORT", "٨٠٠٠"),
]
WORKS = [
    ("LMS_MAIL_URL", "smtp://user:pa%23ss@mail.example.org:587"),
    ("LMS_MAIL_URL", "smtps://mail.example.org/"),
    ("LMS_MAIL_URL", "smtp://[::1]:2525"),
    ("LMS_MAIL_URL", "file:/var/lib/mail"),
    ("LMS_MAIL_URL", "file:///var/lib/mail"),
    ("LMS_MAIL_URL", "console:"),
    ("LMS_BASE_URL", "https://training.example.org:8443/"),
    ("LMS_BASE_URL", "https://[2001:db8::1]"),
    ("LMS_BASE_URL", "http://[::1]:8000"),
    ("LMS_DATABASE_URL", "sqlite:///relative.db"),
    ("LMS_DATABASE_URL", "postgresql://u:p@[::1]:5432/sidelight?sslmode=require"),
    ("LMS_DATABASE_URL", "postgresql:///sidelight?host=/run/postgresql"),
    ("LMS_CARE_EMAIL", "sam@example.org"),
    ("LMS_LEAVE_URL", "https://www.example.org/weather?today"),
    ("LMS_MAIL_URL", "smtp://user:two%20words:%7E@mail.straße.example"),
    ("LMS_MAIL_URL", "smtp://192.0.2.7:587"),
    ("LMS_MAIL_FROM", "no.reply+x@example.org"),
    ("LMS_TRUSTED_PROXIES", "::ffff:10.0.0.0/104, 192.0.2.0/24"),
    ("PORT", "08041"),
]


@pytest.mark.parametrize(("name", "value"), CANNOT_WORK)
def test_what_cannot_work_is_refused_by_name_with_an_example_and_no_password(name: str, value: str) -> None:
    with pytest.raises(BadSetting) as refused:
        read_settings({"LMS_MAIL_URL": "file:", name: value})
    told = str(refused.value)
    assert told.startswith(f"{name} is ") and SECRET not in told and "\n" not in told
    assert "An example that works:" in told or "did you mean" in told


@pytest.mark.parametrize(("name", "value"), WORKS)
def test_what_can_work_is_taken(name: str, value: str) -> None:
    read_settings({name: value})


def test_a_name_that_nothing_reads_is_said_aloud(caplog: pytest.LogCaptureFixture) -> None:
    read_settings({"LMS_WALLPAPER": "stripes"})
    assert "LMS_WALLPAPER is not a setting" in caplog.text


def test_the_page_of_settings_is_as_the_list_has_it_and_other_pages_name_no_others() -> None:
    page = settings_page.FILE.read_text("utf-8")
    assert settings_page.filled(page) == page, "run: python -m tests.house.settings"
    pages = [*(ROOT / "docs").rglob("*.md"), ROOT / "README.md", ROOT / "compose.yaml", ROOT / "Containerfile"]
    named = {name for one in pages for name in re.findall(r"\bLMS_[A-Z_]*[A-Z]\b", one.read_text("utf-8"))}
    assert named - NAMES - ELSEWHERE == set()


def test_the_list_has_every_setting_that_is_read_and_each_default_as_it_is(tmp_path: Path) -> None:
    config = ROOT / "lms" / "foundation" / "config"
    code = "".join(
        (config / name).read_text("utf-8")
        for name in ("settings.py", "signing.py", "single_sign_on.py", "shared_files.py")
    )
    assert set(re.findall(r'"((?:LMS_[A-Z_]*[A-Z])|PORT)"', code)) == NAMES
    provider = {"LMS_SSO_ISSUER": "https://id.example.org", "LMS_SSO_CLIENT_ID": "x", "LMS_SSO_CLIENT_SECRET": "y"}
    plain = {"LMS_DATA": str(tmp_path), **provider}
    for setting in (*OF_SITE, *OF_SINGLE_SIGN_ON):
        found = re.fullmatch("`([^`]+)`", setting.default)
        if found and setting.names[0] != "LMS_DATA":
            assert read_settings({**plain, setting.names[0]: found[1]}) == read_settings(plain), setting.names
