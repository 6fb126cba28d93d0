"""Every field has a label."""

from __future__ import annotations

from lms.conformance.findings import Finding, Rule, of_each
from lms.conformance.inspected_page import InspectedPage

SCRIPT = r"""() => {
  const F = pageFunctions, plain = (text) => F.clean(text).toLowerCase().replace(/[^\p{L}\p{N} ]/gu, "").replace(/ +/g, " ").trim();
  const fields = F.every("input:not([type=hidden], [type=submit], [type=button], [type=reset], [type=image]), select, textarea, [role=textbox], [role=combobox], [role=searchbox]").filter((node) => F.shown(node) && !F.near(node, "[aria-hidden=true]") || F.labels(node).some(F.visible));
  const seen = (node) => [...F.labels(node), ...F.referred(node, "aria-labelledby")].filter(F.visible).map((one) => [...one.childNodes].map((part) => (part.nodeType === 3 ? part.data : part.matches?.("select, textarea, script, style") ? "" : part.innerText ?? part.textContent)).join(" ")).join(" ");
  // Without a label of its own, a field may be named by its row and column, its group, or the button beside it.
  // A picture on the button will do only where everybody knows it: beside a search.
  const pictured = (one) => plain(F.name(one)) || plain(one.alt || "") || [...one.querySelectorAll("img[alt], svg title, [aria-label]")].some((part) => plain(part.alt || part.getAttribute("aria-label") || part.textContent));
  const beside = (node) => {
    const searches = node.matches("[type=search], [role=searchbox]") || !!node.closest("search, [role=search]");
    const cell = node.closest("td, [role=cell], [role=gridcell]");
    if (cell) return [...cell.closest("tr, [role=row]").querySelectorAll("th, [role=rowheader]"), ...(cell.closest("table, [role=table]")?.querySelectorAll("th, [role=columnheader]") || [])].some((one) => plain(one.textContent));
    const set = node.closest("fieldset, [role=group], [role=radiogroup]");
    if (set && set.querySelectorAll("input:not([type=hidden]), select, textarea").length === 1 && plain(set.querySelector("legend")?.innerText || "")) return true;
    const form = node.closest("form, search, [role=search]") || node.parentElement, typed = form ? [...form.querySelectorAll("input:not([type=hidden], [type=submit], [type=image], [type=button], [type=checkbox], [type=radio]), textarea, select")].filter(F.visible) : [];
    if (typed.length === 1 && [...form.querySelectorAll("button, [type=submit], [type=image]")].some((one) => F.visible(one) && (plain(one.innerText || one.value || "") || searches && pictured(one)))) return true;
    const words = (one) => (one && F.visible(one) && !one.matches("input, select, textarea, button") ? plain(one.innerText) : "");
    return !!F.name(node) && [node.previousElementSibling, node.nextElementSibling, node.parentElement?.previousElementSibling].some((one) => words(one) && plain(F.name(node)).includes(words(one).slice(0, 40)));
  };
  const found = [];
  for (const node of fields) {
    const own = F.clean(node.getAttribute("aria-label")) || F.clean(F.referred(node, "aria-labelledby").map((one) => one.textContent).join(" ")) || F.clean(F.labels(node).map((one) => one.textContent).join(" "));
    if (!own && !F.clean(node.title) && !F.clean(node.placeholder)) found.push(`${F.describe(node)} has no label`);
    else if (!own) found.push(`${F.describe(node)} has only a ${F.clean(node.placeholder) ? "placeholder" : "title"} for a label`);
    else if (!plain(seen(node)) && !beside(node)) found.push(`${F.describe(node)} has no label that can be seen`);
  }
  // A name that is spoken has to hold the words that are seen.
  const named = F.all("button, a[href], input, select, textarea, summary, [role=button], [role=link], [role=tab], [role=checkbox], [role=switch]").filter((node) => F.visible(node) && (node.hasAttribute("aria-label") || node.hasAttribute("aria-labelledby")));
  for (const node of named) {
    const spoken = F.clean(F.referred(node, "aria-labelledby").map((one) => one.innerText || one.textContent).join(" ")) || node.getAttribute("aria-label") || "";
    const written = F.labels(node).length ? seen(node) : node.matches("input[type=submit], input[type=button], input[type=reset]") ? node.value : node.matches("input, select, textarea") ? "" : node.innerText || "";
    if (plain(spoken) && plain(written).length > 1 && !plain(spoken).includes(plain(written)) && !plain(written).split(" ").every((word) => plain(spoken).split(" ").includes(word))) found.push(`${F.describe(node)} shows “${F.clean(written).slice(0, 40)}” but is called “${F.clean(spoken).slice(0, 40)}”`);
  }
  const nameless = F.all("button, a[href], input[type=image], [role=button], [role=link], summary").filter((node) => F.visible(node) && !F.near(node, "[aria-hidden=true]") && !F.clean(node.innerText || node.textContent) && !F.name(node) && !F.clean(node.value) && !F.clean(node.alt) && ![...node.querySelectorAll("img[alt], [aria-label], svg title")].some((one) => F.clean(one.alt || one.getAttribute("aria-label") || one.textContent)));
  return [fields.length + named.length + nameless.length, [...found, ...nameless.map((node) => `${F.describe(node)} has no name`)]];
}"""


async def check(page: InspectedPage) -> Finding:
    """Check one page."""
    return of_each(await page.ask(SCRIPT))


RULE = Rule(
    id="fields-named",
    title="Every field has a label that people see, and every control its name",
    why="Without a label, people who can’t see the field have to guess; with a placeholder, everybody has to remember",
    anchor="CARE 4.1; WCAG 4.1.2",
    mark="L",
    how="looks for a visible label of every field (a placeholder or title is none; a table’s headers, or the one button beside a field, are) and for controls whose spoken name lacks the words on them",
    check=check,
)
