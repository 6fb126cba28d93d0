"""The drill of the clock: it goes two hours fast, two slow and 400 days fast, and is put right, while people work."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from pathlib import Path
from urllib.parse import quote

from sqlalchemy import func, select

from lms.certification.awards.records import Award
from lms.foundation.db import db
from lms.foundation.mail.outbox import OutboxMail
from tests.bench.load import request
from tests.bench.walk import _TOKEN, _text
from tests.conftest import PASSWORD
from tests.drills.disks import preloaded
from tests.drills.ground import Ground, Learner, ground
from tests.drills.judge import judge_checks, judge_documents
from tests.drills.report import Outcome, Scale
from tests.drills.visitors import Heard, Visitor, get
from tests.foundation.mail_servers import MailServer, mail_server

HOUR, DAY = 3600, 24 * 3600
# How far the clock is off, one after the other; then it's right.
JUMPS = {"two hours fast": 2 * HOUR, "two hours slow": -2 * HOUR, "400 days fast": 400 * DAY, "right again": 0}
FAR = "400 days fast"
CLIENTS = 3
MAIL_WITHIN = 75.0


def move_clock(folder: Path, database: str, fault: str, scale: Scale) -> Outcome:
    """Move the clock of the host while it serves; at each moment people sign in, pass a check and get their email."""
    offset = folder / "offset"
    library = preloaded(folder)
    with mail_server() as server, ground(folder, database, fault) as site:
        learners = site.learners(scale.people * len(JUMPS))
        site.more |= {"LD_PRELOAD": str(library), "DRILL_CLOCK": str(offset), "LMS_MAIL_URL": server.url()}
        outcome, saved = Outcome(), []
        with site.served() as running:
            for number, (name, seconds) in enumerate(JUMPS.items()):
                offset.write_text(str(seconds))
                group = learners[number * scale.people : (number + 1) * scale.people]
                server.manner.away = name == FAR
                saved += _use(outcome, site, running.port, group, name)
                if server.manner.away:
                    outcome.expect(_until(lambda: server.heard.connections > 0, 60), "no email was tried meanwhile")
                    _guess_passwords(running.port)
            outcome.slowest, outcome.slowest_of = _wait_for_mail(outcome, site, server), "the last email"
            _sign_in(outcome, running.port, learners[0], "after guesses while the clock was fast")
            _verify_all(outcome, site, running.port)
            checked = site.lms("audit", "verify")
            outcome.expect(checked.returncode == 0, f"the audit trail: {checked.stdout.strip()[-200:]}")
            running.children()
        outcome.add(judge_checks(site.site, saved))
        outcome.add(judge_documents(site.site, server.letters))
    outcome.done = f"clock moved {len(JUMPS)} times under {len(learners)} people"
    return outcome


def _until(true: Callable[[], bool], seconds: float) -> bool:
    until = time.monotonic() + seconds
    while not true():
        if time.monotonic() > until:
            return False
        time.sleep(0.1)
    return True


def _use(outcome: Outcome, site: Ground, port: int, learners: list[Learner], when: str) -> list[str]:
    """Let people sign in and take their check; return who was told that they passed."""
    for learner in learners:
        learner.cookie = _sign_in(outcome, port, learner, when) or learner.cookie
    with site.checks(port, learners, CLIENTS) as crowd:
        crowd.finish()
    outcome.amiss += [f"{when}: {failure}" for failure in crowd.heard.failures]
    return crowd.heard.done


def _sign_in(outcome: Outcome, port: int, learner: Learner, when: str, password: str = PASSWORD) -> str:
    """Sign somebody in with their password; return the cookie."""
    visitor = Visitor(port, Heard())
    page = visitor.ask(get("/sign-in"))
    token = _TOKEN.search(_text(page, "sign-in"))
    assert token is not None
    # The page sets a cookie of its own where there is none.
    own = page.header("Set-Cookie").partition(";")[0]
    form = f"form_token={quote(token[1])}&email={quote(learner.email)}&password={quote(password)}"
    reply = visitor.ask(request("POST", "/sign-in", own, form))
    visitor.close()
    if password == PASSWORD:
        outcome.expect(reply.status == 303, f"{when}: signing in was answered {reply.status}")
    found = re.search(rb"(?i)set-cookie: (session=[^;]+)", reply.head)
    return found[1].decode() if found else ""


def _guess_passwords(port: int) -> None:
    """Let somebody guess the password of an account until they have to wait, while the clock is fast."""
    nobody = Learner("", "ruth-adeyemi-0@example.org", "")
    for _guess in range(12):
        _sign_in(Outcome(), port, nobody, "", password="not the one")


def _wait_for_mail(outcome: Outcome, site: Ground, server: MailServer) -> float:
    """Wait until no email waits; return the seconds."""
    began = time.monotonic()

    def all_left() -> bool:
        with site.site.inside():
            waiting = db.session.scalar(select(func.count()).where(OutboxMail.sent_at.is_(None)))
            issued = db.session.scalar(select(func.count()).select_from(Award))
        return not waiting and len(server.letters) >= (issued or 0)

    outcome.expect(_until(all_left, MAIL_WITHIN), "emails still waited once the clock was right again")
    return time.monotonic() - began


def _verify_all(outcome: Outcome, site: Ground, port: int) -> None:
    """Open the page of each certificate, also of those that were issued while the clock was fast."""
    with site.site.inside():
        codes = list(db.session.scalars(select(Award.code)))
    for code in codes:
        reply = Visitor(port, Heard()).ask(get(f"/verify/{code}"))
        outcome.expect(reply.status == 200, f"the page of a certificate was answered {reply.status}")
