"""Groups of answers have their question as a label."""

from __future__ import annotations

from lms.conformance.findings import Finding, Rule, of_each
from lms.conformance.inspected_page import InspectedPage

SCRIPT = r"""() => {
  const groups = new Map(), F = pageFunctions;
  const key = (node) => `${node.name}|${node.type}`;
  for (const node of F.every("input[type=radio], input[type=checkbox]")) if (node.name && (F.shown(node) || F.labels(node).some(F.shown))) groups.set(key(node), [...(groups.get(key(node)) || []), node]);
  const own = F.all("[role=radio]").reduce((map, node) => { const at = F.near(node, "[role=radiogroup]") || node.parentElement; return map.set(at, [...(map.get(at) || []), node]); }, new Map());
  const asked = (first) => {
    const said = (node) => { const words = F.clean(node?.innerText || node?.textContent); return /[\p{L}\p{N}]/u.test(words) || !!node?.querySelector("img[alt]:not([alt=''])"); };
    for (let set = F.near(first, "fieldset"); set; set = F.near(F.up(set), "fieldset")) if ([...set.querySelectorAll("legend")].some((legend) => legend.parentElement === set && said(legend) && !legend.hidden) || F.clean(F.name(set))) return true;
    const role = F.near(first, "[role=radiogroup], [role=group]");
    return !!role && (!!F.clean(role.getAttribute("aria-label")) || F.referred(role, "aria-labelledby").some(said));
  };
  const sets = [...[...groups].filter(([, nodes]) => nodes.length > 1).map(([name, nodes]) => [`named ${name.split("|")[0]}`, nodes[0]]), ...[...own.values()].filter((nodes) => nodes.length > 1).map((nodes) => [`from ${F.describe(nodes[0])}`, nodes[0]])];
  return [sets.length, sets.filter(([, first]) => !asked(first)).map(([name]) => `the answers ${name} carry no question`)];
}"""


async def check(page: InspectedPage) -> Finding:
    """Check one page."""
    return of_each(await page.ask(SCRIPT))


RULE = Rule(
    id="groups-named",
    title="Groups of answers have their question as a label",
    why="People who hear “Yes” and “No” need to hear the question too",
    anchor="CARE 4.1; WCAG 1.3.1",
    mark="L",
    how="looks for a fieldset with a legend, or a named group, around radio buttons and boxes of one name",
    check=check,
)
