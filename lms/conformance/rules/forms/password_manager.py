"""The device can fill in passwords."""

from __future__ import annotations

from lms.conformance.findings import Finding, Rule, of_each
from lms.conformance.inspected_page import InspectedPage

SCRIPT = r"""() => {
  const F = pageFunctions, fields = F.all("input[type=password], input[type=email], input[name*=user i], input[name*=login i], input[autocomplete~=username], input:not([type])[name*=pass i], input[type=text][name*=pass i]");
  const known = /\b(on|name|username|email|current-password|new-password|one-time-code|tel|webauthn|given-name|family-name|nickname|organization|url|section-\S+|home|work)\b/;
  return [fields.length, fields.flatMap((node) => {
    const own = (node.getAttribute("autocomplete") || "").toLowerCase().trim(), form = (node.form?.getAttribute("autocomplete") || "").toLowerCase();
    const found = [];
    if (own === "off" || (!own && form === "off")) found.push("has autocomplete off");
    else if (own && !known.test(own)) found.push(`has autocomplete “${own}”, which no device knows`);
    else if (own === "one-time-code" && node.type === "password") found.push("says that its password is a code for once");
    if (node.readOnly && !node.value && (node.onfocus || node.hasAttribute("onfocus"))) found.push("is locked until it has the focus, so that nothing fills it in");
    if (node.type !== "password" && F.style(node).webkitTextSecurity && F.style(node).webkitTextSecurity !== "none") found.push("is a password in disguise");
    if (["data-lpignore", "data-1p-ignore", "data-bwignore"].some((name) => node.hasAttribute(name) && node.getAttribute(name) !== "false")) found.push("tells password managers to keep away");
    return found.map((what) => `${F.describe(node)} ${what}`);
  })];
}"""


async def check(page: InspectedPage) -> Finding:
    """Check one page."""
    return of_each(await page.ask(SCRIPT))


RULE = Rule(
    id="password-manager",
    title="The device can fill in passwords",
    why="Having to remember a password shuts some people out",
    anchor="CARE E8; WCAG 3.3.8",
    mark="L",
    how="looks for autocomplete off or unknown on password and name fields, and for tricks that keep password managers away",
    check=check,
)
