"""What people send most often, each form as its page has it, and what the database is asked for each."""

from __future__ import annotations

from typing import Any

from lms.accounts import actions as accounts
from lms.accounts.passwords import hash_password
from lms.accounts.records import find_programme
from lms.certification.awards.records import list_awards_of_person
from tests.builders.learning import COURSE, PFA, answer, begin, open_check, prepare, the_course
from tests.conftest import Site
from tests.flat.watching import Watched, Watcher
from tests.inspector import Inspector, squeezed

HARBOUR = "/programmes/harbour"


class Sent:
    """What was asked of the database for the forms that were sent, by the route that took them."""

    def __init__(self, watcher: Watcher) -> None:
        self.found: dict[str, Watched] = {}
        self._watcher = watcher

    def by(self, visitor: Inspector) -> Inspector:
        """Return a visitor whose forms are watched from now on, and not the pages that follow them."""
        plain, routes = visitor.browser.open, visitor.app.url_map.bind("")

        def watched_open(path: str, *, method: str, **options: Any) -> Any:
            if method != "POST":
                return plain(path, method=method, **options)
            rule, _values = routes.match(path.partition("?")[0], method=method, return_rule=True)
            with self._watcher.watching(self.found.setdefault(rule.rule, Watched())):
                return plain(path, method=method, **options)

        visitor.browser.open = watched_open  # type: ignore[method-assign, assignment]
        return visitor


def send_all(site: Site, watcher: Watcher, name: str) -> dict[str, Watched]:
    """Let somebody join and pass the check, and their coordinator do what coordinators do; each is sent once."""
    sent = Sent(watcher)
    person = _join(site, name)
    code = _learn(site, sent, name)
    _coordinate(sent.by(site.visitor("cora")), name, person, code)
    codes = "\n".join([code] * 3)
    sent.by(site.stranger()).get("/verify/list").form("/verify/list").submit(codes=codes)
    del site.visitors["cora"]
    return sent.found


def _join(site: Site, name: str) -> str:
    with site.inside():
        harbour = find_programme("harbour")
    assert harbour is not None
    secret = hash_password("a password for nobody")
    person = site.do(accounts.register, f"{name}@example.org", f"Noor {name.title()}", secret)
    site.do(accounts.give_role, person.id, harbour.id, "learner")
    return str(person.public_id)


def _learn(site: Site, sent: Sent, name: str) -> str:
    """Start the course, finish a lesson, and send a check that passes; return the code of the certificate."""
    visitor = sent.by(site.visitor(name))
    begin(visitor)
    with site.inside():
        lesson = the_course().lessons[0].id
    visitor.get(f"{COURSE}/lessons/{lesson}").form("/done").submit()
    prepare(site, name)
    result = answer(site, name, open_check(visitor)).form("/submit").submit()
    with site.inside():
        (award,) = list_awards_of_person(site.person(name).id)
        assert award.current_for and not award.waiting, result.main
        return award.code


def _coordinate(cora: Inspector, name: str, person: str, code: str) -> None:
    page = (
        cora.get(f"{HARBOUR}/invitations/new").form_with("Continue").submit("Continue", people=f"{name}2@example.org")
    )
    (button,) = [
        words for node in page.find("main button") if (words := squeezed("".join(node.itertext()))).startswith("Send")
    ]
    page.form_with(button).submit(button)
    form = cora.get(f"{HARBOUR}/assignments/new").form("/new")
    form = form.submit("Search", course=PFA, audience="people", q=name).form("/new")
    form.submit("Assign", person=form.choices["person"])
    form = cora.get(f"{HARBOUR}/certificates/{code}/withdraw").form_with("Withdraw this certificate")
    form.submit("Withdraw this certificate", reason="other")
    form = cora.get(f"{HARBOUR}/names-to-confirm").form("/names-to-confirm")
    form.submit(pick=form.choices["pick"][:1])
    cora.get(f"{HARBOUR}/people/{person}").follow("End membership").form("/end-membership").submit("End membership")
