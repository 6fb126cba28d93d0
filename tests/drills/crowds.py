"""Drills of many at once: 64 clients, and the same form sent twenty times at the same moment."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

from tests.bench.load import Reply, request
from tests.bench.walk import _ATTEMPT, _text, encoded, right_answers
from tests.builders.serving import until
from tests.drills.ground import Ground, Learner, ground
from tests.drills.judge import judge_checks
from tests.drills.report import Outcome, Scale
from tests.drills.visitors import Heard, Visitor, get
from tests.drills.waits import open_check, token_of

TIMES = 20
P99_SECONDS, P99_OF_P50 = 2.0, 15.0


def many_clients(folder: Path, database: str, fault: str, scale: Scale) -> Outcome:
    """Let many clients take whole checks, each of another person; judge percentiles on a quiet machine only."""
    with ground(folder, database, fault) as site:
        learners = site.learners(scale.people)
        with site.served() as running:
            # Its sweeps are among what nobody may have to wait for.
            until(site.job_process_works)
            with site.checks(running.port, learners, scale.times) as crowd:
                crowd.finish(300)
            running.children()
        outcome, heard = judge_checks(site.site, crowd.heard.done), crowd.heard
    outcome.amiss += heard.failures
    outcome.expect(not heard.again, f"{heard.again} requests had to be sent again, {heard.asked_back} after a 503")
    outcome.expect(len(heard.done) == len(learners), f"{len(learners) - len(heard.done)} didn’t come to their end")
    p50, p99 = heard.percentile(50), heard.percentile(99)
    outcome.notes.append(f"half of {len(heard.waits)} answers within {1000 * p50:.0f} ms, 99 of 100 within {p99:.2f} s")
    if scale.quiet:
        outcome.within(p99, P99_SECONDS, "the slowest answer but one of a hundred")
        outcome.expect(p99 <= P99_OF_P50 * p50, f"99 of 100 answers took {p99 / p50:.0f} times as long as half of them")
    outcome.done = f"{scale.times} clients took {len(learners)} whole checks"
    outcome.slowest = heard.slowest
    return outcome


def same_form(folder: Path, database: str, fault: str, scale: Scale) -> Outcome:
    """Send each form of a check twenty times at the same moment, for several people."""
    with ground(folder, database, fault) as site:
        learners = site.learners(scale.people)
        with site.served() as running:
            outcome = Outcome()
            for learner in learners:
                outcome.add(_all_forms(site, running.port, learner))
            running.children()
        outcome.add(judge_checks(site.site, [learner.enrolment for learner in learners]))
    outcome.done = f"each form of {len(learners)} checks sent {TIMES} times at once"
    return outcome


def _all_forms(site: Ground, port: int, learner: Learner) -> Outcome:
    """Open a check and send it, each twenty times at once."""
    outcome, token = Outcome(), token_of(port, learner)
    opened = _at_once(outcome, port, open_check(learner, token))
    found = _ATTEMPT.search(opened)
    if found is None:
        outcome.amiss.append(f"opening a check led to {opened or 'several addresses'}")
        return outcome
    page = Visitor(port, Heard()).ask(get(f"/checks/{found[1]}/all", learner.cookie))
    html = _text(page, "form")
    answers = encoded(right_answers(html, site.right), html)
    form = request("POST", f"/checks/{found[1]}/all", learner.cookie, f"form_token={token}&go=send&{answers}")
    result = _at_once(outcome, port, form)
    outcome.expect(result.endswith("/result"), f"sending a check led to {result or 'several addresses'}")
    return outcome


def _at_once(outcome: Outcome, port: int, sent: bytes) -> str:
    """Send the same bytes over twenty connections at once; return where all of them lead, or nothing."""
    gate, heard = Barrier(TIMES), Heard()

    def send(_number: int) -> Reply:
        gate.wait()
        return Visitor(port, heard).ask(sent)

    with ThreadPoolExecutor(TIMES) as pool:
        replies = list(pool.map(send, range(TIMES)))
    places = {(reply.status, reply.header("Location")) for reply in replies}
    outcome.expect(len(places) == 1, f"one form was answered in {len(places)} ways: {sorted(places)[:3]}")
    outcome.slowest = max(heard.slowest, outcome.slowest or 0.0)
    return replies[0].header("Location") if len(places) == 1 else ""
