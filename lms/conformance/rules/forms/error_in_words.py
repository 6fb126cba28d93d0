"""Red is never the only sign of a problem."""

from __future__ import annotations

from lms.conformance.findings import Finding, Rule, of_each
from lms.conformance.inspected_page import InspectedPage

SCRIPT = r"""() => {
  const red = (value) => { const [r, g, b, a] = pageFunctions.colour(value); return a > 0.3 && r > 120 && r > 1.6 * g && r > 1.6 * b; };
  const blush = (value) => { const [r, g, b, a] = pageFunctions.colour(value); return a > 0.3 && r - Math.max(g, b) > 12 && r > 200; };
  const fields = pageFunctions.all("input:not([type=hidden], [type=submit], [type=button], [type=reset], [type=image]), select, textarea, fieldset, [role=radiogroup], [role=textbox]");
  const painted = (node) => {
    const style = pageFunctions.style(node), shadow = [...style.boxShadow.matchAll(/rgba?\([^)]*\)|color\([^)]*\)/g)].map((one) => one[0]);
    return ["Top", "Left", "Bottom"].some((side) => parseFloat(style[`border${side}Width`]) > 0 && style[`border${side}Style`] !== "none" && red(style[`border${side}Color`]))
      || (style.outlineStyle !== "none" && parseFloat(style.outlineWidth) > 0 && red(style.outlineColor)) || shadow.some(red) || blush(style.backgroundColor);
  };
  const others = (node) => { const box = node.closest("form, fieldset, main, body"); return box ? [...box.querySelectorAll("label")].filter((one) => one.control && one.control !== node) : []; };
  const alarmed = (node) => painted(node) || pageFunctions.labels(node).some((label) => red(pageFunctions.style(label).color) && (node.matches("[aria-invalid=true]") || others(node).some((one) => !red(pageFunctions.style(one).color)))) || (node.parentElement?.children.length <= 3 && !node.parentElement.matches("form, main, body, section") && painted(node.parentElement));
  const words = (text) => pageFunctions.clean(text).split(" ").filter((word) => /\p{L}/u.test(word)).length;
  const told = (node) => {
    if ([...pageFunctions.referred(node, "aria-describedby"), ...pageFunctions.referred(node, "aria-errormessage")].some((one) => pageFunctions.shown(one) && words(one.textContent) > 1)) return true;
    const label = pageFunctions.labels(node).map((one) => one.innerText).join(" ");
    if (words(label) > 5 && /error|please|enter|type|needs/i.test(label)) return true;
    for (let box = node.parentElement, step = 0; box && step < 3 && !box.matches("form, main, body, section") && box.querySelectorAll("input:not([type=hidden], [type=radio], [type=checkbox]), select, textarea").length <= 1; box = box.parentElement, step += 1) if (words(box.innerText.replace(label, "")) > 3) return true;
    return [node.previousElementSibling, node.nextElementSibling].some((one) => one && one.matches("p, span, div, strong, em, small, ul") && pageFunctions.shown(one) && words(one.innerText) > 3);
  };
  return [fields.length, fields.filter((node) => alarmed(node) && !told(node)).map((node) => `${pageFunctions.describe(node)} is red without words`)];
}"""


async def check(page: InspectedPage) -> Finding:
    """Check one page."""
    return of_each(await page.ask(SCRIPT))


RULE = Rule(
    id="error-in-words",
    title="Red is never the only sign of a problem",
    why="Not everyone can see red, and red alone alarms without helping",
    anchor="CARE 4.1, 8; WCAG 1.4.1",
    mark="L",
    how="looks for fields whose border, outline, shadow, background or label is red and that have no message",
    check=check,
)
