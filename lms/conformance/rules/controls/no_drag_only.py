"""Nothing works by dragging alone."""

from __future__ import annotations

from lms.conformance.findings import Finding, Rule, none_of
from lms.conformance.inspected_page import InspectedPage

SCRIPT = r"""() => {
  const other = "select, button, input:not([type=hidden]), a[href], [role=button], [tabindex='0']";
  // Pictures and links can be dragged anyway: they are sorted only if something listens for it.
  const drags = pageFunctions.roots().some((root) => (root.defaultView?.pageFunctions?.observed.listeners || []).some(([, name]) => /^(drag|drop)/.test(name))) || pageFunctions.every("[ondragstart], [ondragend], [ondragover], [ondrop]").length > 0;
  const lists = new Set(pageFunctions.all("[draggable=true]").filter((node) => drags || !node.matches("img, picture, svg, a[href]")).map((node) => node.parentElement));
  const starts = new Set(), moves = [];
  for (const root of pageFunctions.roots()) for (const [target, name] of root.defaultView?.pageFunctions?.observed.listeners || []) {
    if (/^(dragstart|mousedown|pointerdown|touchstart)$/.test(name) && target.nodeType === 1) starts.add(target);
    if (name === "drop" && target.nodeType === 1 && target.isConnected && !target.matches("body, html") && pageFunctions.visible(target)) lists.add(target);
    if (/^(mousemove|pointermove|touchmove|dragover|drop)$/.test(name)) moves.push(target);
  }
  for (const node of pageFunctions.every("[ondragstart], [onmousedown], [onpointerdown], [ontouchstart]")) starts.add(node);
  const pulled = moves.length || pageFunctions.every("[onmousemove], [onpointermove], [ontouchmove], [ondrop]").length ? [...starts].filter((node) => node.isConnected && pageFunctions.visible(node) && !node.matches("body, html") && (/grab|move|resize/.test(pageFunctions.style(node).cursor) || moves.includes(node) || /drag|slid|sort|handle|drop/i.test(`${node.className} ${node.id}`))) : [];
  for (const node of pulled) lists.add(node.querySelector("*") && node.children.length > 1 ? node : node.parentElement || node);
  // The other way may stand beside the list: a control that names one of its items, or a move, or that points to it.
  const plain = (text) => pageFunctions.clean(text).toLowerCase().replace(/[^\p{L}\p{N} ]/gu, "").trim();
  const moving = /\b(move|earlier|later|place|position|order|reihenfolge|nach (oben|unten)|verschieben|mover|orden|posici[oó]n|lugar|d[ée]placer|monter|descendre|ordre)\b|^ (up|down|subir|bajar|hoch|runter) $/i;
  const beside = (list) => {
    const items = [list, ...list.children].map((one) => plain(one.innerText)).filter((text) => text.length > 2), around = list.parentElement?.matches("body, main") ? [list.previousElementSibling, list.nextElementSibling] : [list.parentElement];
    return pageFunctions.all("select, button, input:not([type=hidden])").some((node) => {
      const name = ` ${plain(`${pageFunctions.name(node)} ${node.innerText || node.value || ""}`)} `;
      const near = around.some((one) => one?.contains(node));
      return pageFunctions.visible(node) && (pageFunctions.referred(node, "aria-controls").includes(list) || items.some((text) => (text.includes(" ") || near && !node.matches("button, [type=submit], [type=button]")) && name.includes(` ${text} `)) || near && (moving.test(name) || node.matches("[type=range], [type=number], [type=file]")));
    });
  };
  const said = /\b(drag (it|them|the|each|and|one|these|to|your|a|items|cards)|drag and drop|drag-and-drop|arrastr(a|e|ar)\b|gliss(ez|e|er)-d[ée]po|faites glisser|zieh(e|en) (sie )?(die|den|das|es))/i;
  const asked = !lists.size && said.test(pageFunctions.words(null, false)) && (moves.length || starts.size) ? ["the page asks people to drag"] : [];
  return [...[...lists].filter((list) => list && !list.querySelector(other) && !list.matches("[tabindex='0'], [role=slider]") && !beside(list)).map((list) => `${pageFunctions.describe(list)} can only be sorted by dragging`), ...asked];
}"""


async def check(page: InspectedPage) -> Finding:
    """Check one page."""
    return none_of(await page.ask(SCRIPT))


RULE = Rule(
    id="no-drag-only",
    title="Nothing works by dragging alone",
    why="Dragging takes a steady hand, and you need to see both ends",
    anchor="CARE 4.1; WCAG 2.5.7",
    mark="L",
    how="looks for draggable elements without a list or buttons as an alternative",
    check=check,
)
