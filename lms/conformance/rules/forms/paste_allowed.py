"""You can paste into every field."""

from __future__ import annotations

from lms.conformance.findings import Finding, Rule, of_each
from lms.conformance.inspected_page import InspectedPage

FIELDS = "input[type=password], input[type=email], input[type=text], input[type=search], input[type=tel], input[type=url], input:not([type]), textarea"
SCRIPT = r"""async fields => {
  const nodes = pageFunctions.all(fields).filter((node) => !node.disabled && !node.readOnly && node.maxLength !== 0), found = [];
  const set = (node, value) => Object.getOwnPropertyDescriptor(Object.getPrototypeOf(node), "value").set.call(node, value);
  for (const node of nodes) {
    const view = node.ownerDocument.defaultView, send = (event) => node.dispatchEvent(event), before = node.value, typed = node.type === "email" ? "pasted@example.org" : node.maxLength > 0 ? "pasted words".slice(0, node.maxLength) : "pasted words";
    const paste = new view.ClipboardEvent("paste", { bubbles: true, cancelable: true, composed: true, clipboardData: new DataTransfer() });
    paste.clipboardData.setData("text/plain", "");
    const keys = ["v", "V"].map((key) => new view.KeyboardEvent("keydown", { key, code: "KeyV", keyCode: 86, which: 86, ctrlKey: true, bubbles: true, cancelable: true, composed: true }));
    const input = (name) => new view.InputEvent(name, { inputType: "insertFromPaste", data: typed, bubbles: true, cancelable: true, composed: true });
    let taken = send(paste) && send(keys[0]) && send(input("beforeinput"));
    const menu = new view.MouseEvent("contextmenu", { bubbles: true, cancelable: true, composed: true });
    taken = taken && send(menu);
    if (taken && node.type !== "tel" && node.type !== "url") {
      set(node, typed);
      send(input("input"));
      for (let turn = 0; turn < 2; turn += 1) await pageFunctions.soon();
      if (!node.value) taken = false;
      set(node, before);
      if (before !== typed) send(new view.InputEvent("input", { bubbles: true }));
    }
    if (!taken) found.push(`${pageFunctions.describe(node)} does not take what is pasted`);
  }
  return [nodes.length, found];
}"""


async def check(page: InspectedPage) -> Finding:
    """Check one page."""
    return of_each(await page.ask(SCRIPT, FIELDS))


RULE = Rule(
    id="paste-allowed",
    title="You can paste into every field",
    why="Blocking paste breaks password managers and is hard on weak memories",
    anchor="CARE E8; WCAG 3.3.8",
    mark="L",
    how="pastes into every text field, by event, by key and by input, and checks whether the page blocks it or empties the field",
    check=check,
)
