// Which element has the focus, how it looks and whether anything of it can be seen.
(() => {
  const F = window.pageFunctions;
  const marks = new Map();
  // The browser's own controls in which Tab stops more than once, while the whole keeps the focus.
  const SEVERAL_STOPS = "audio, video, iframe, embed, object, input[type=date], input[type=time], input[type=month], input[type=week], input[type=datetime-local]";
  const active = (root = document) => {
    const node = root.activeElement;
    if (!node) return null;
    const inner = F.shadow(node) || (node.tagName === "IFRAME" && F.inside(node));
    return (inner && active(inner)) || node;
  };
  const look = (node) => { const s = F.style(node); return [s.outline, s.boxShadow, s.backgroundColor, s.color, s.border, s.textDecoration, s.backgroundImage.length].join("|"); };
  const hit = (x, y) => { let root = document, found = null; for (;;) { const node = root.elementFromPoint(x, y); if (!node || node === found) return found; found = node; root = F.shadow(node) || root; if (root === document || root === found.getRootNode()) return found; } };
  const inWindow = (node) => {
    const box = F.box(node);
    let [left, top, right, bottom] = [Math.max(0, box.left), Math.max(0, box.top), Math.min(innerWidth, box.right), Math.min(innerHeight, box.bottom)];
    for (let one = F.up(node); one && one !== document.documentElement && one !== document.body; one = F.up(one)) {
      if (F.style(one).overflowX === "visible" && F.style(one).overflowY === "visible") continue;
      const edge = F.box(one);
      [left, top, right, bottom] = [Math.max(left, edge.left), Math.max(top, edge.top), Math.min(right, edge.right), Math.min(bottom, edge.bottom)];
    }
    return [left, top, right, bottom];
  };
  const over = (node, labels, x, y) => {
    const top = hit(x, y);
    if (!top || F.holds(node, top) || F.holds(top, node) || labels.some((label) => F.holds(label, top))) return false;
    for (let one = top; one && one !== document.body && !F.holds(one, node); one = F.up(one)) if (["fixed", "sticky", "absolute"].includes(F.style(one).position) && F.style(one).pointerEvents !== "none") return true;
    return false;
  };
  // What is around an element and changes how its ring looks: boxes that cut it off, and the colour behind it.
  const around = (node) => { let [cuts, ground] = [0, ""]; for (let one = F.up(node); one; one = F.up(one)) { const style = F.style(one); if (!/visible/.test(style.overflow)) cuts += 1; if (!ground && (style.backgroundImage !== "none" || F.colour(style.backgroundColor)[3] > 0.5)) ground = style.backgroundColor + style.backgroundImage.slice(0, 40); } return cuts + ground; };
  F.startFocus = () => { document.activeElement?.blur?.(); F.paint(""); };
  F.focused = () => {
    const node = active();
    if (!node || node === document.body || node === document.documentElement || node.tagName === "BODY") return null;
    if (!marks.has(node)) marks.set(node, marks.size);
    const labels = F.labels(node).filter(F.shown), box = F.box(node);
    const [left, top, right, bottom] = inWindow(node), gone = right - left < 2 || bottom - top < 2 || F.clipped(node);
    const places = [[0.5, 0.5], [0.15, 0.3], [0.85, 0.7]].map(([x, y]) => [left + (right - left) * x, top + (bottom - top) * y]);
    const tiny = box.width <= 1 || box.height <= 1 || F.faded(node) < 0.05;
    const parts = [node, ...labels, ...(tiny && node.nextElementSibling ? [node.nextElementSibling] : [])].map(F.box).filter((one) => one.width > 1 && one.height > 1);
    const region = parts.length ? [Math.min(...parts.map((one) => one.left)), Math.min(...parts.map((one) => one.top)), Math.max(...parts.map((one) => one.right)), Math.max(...parts.map((one) => one.bottom))] : null;
    const edge = parts.length ? Math.min(...parts.map((one) => 2 * (Math.min(one.width, innerWidth) + Math.min(one.height, innerHeight)))) : 0;
    return {
      mark: marks.get(node), described: F.describe(node), region, edge, tiny, frame: node.tagName === "IFRAME",
      covered: !gone && !tiny && places.every(([x, y]) => over(node, labels, x, y)), lost: (gone || tiny) && !labels.some(F.visible),
      parts: node.matches(SEVERAL_STOPS), kind: [node.tagName, node.type, look(node), ...labels.map(look), F.up(node) ? look(F.up(node)) : "", around(node)].join(), modal: !!F.near(node, "dialog[open], [aria-modal=true]"),
    };
  };
  let kept = null;
  F.letGo = () => { kept = active(); kept?.blur(); };
  F.takeBack = () => { kept?.focus({ preventScroll: true }); };
  // What comes after the last stop, when nothing has the focus any more: a script may have taken it away.
  F.robbed = () => {
    const nodes = F.all(F.usable).filter((node) => F.visible(node) && node.tabIndex >= 0 && !node.matches(":disabled")), last = nodes.findLastIndex((node) => marks.has(node)), next = nodes[last + 1];
    if (!next || !(next.onfocus || F.roots().some((root) => root.defaultView?.pageFunctions?.observed.listeners.some(([target, name]) => target === next && /^focus(in)?$/.test(name))))) return null;
    marks.set(next, marks.size);
    return { mark: marks.get(next), described: F.describe(next), faint: "loses the focus as soon as it gets it", covered: false, lost: false };
  };
  F.unvisited = () => F.all(F.usable).filter((node) => !marks.has(node) && F.visible(node) && node.tabIndex >= 0 && !node.matches(":disabled, [type=radio]") && !F.near(node, "[inert]")).map(F.describe);
})();
