// Find elements in the page, its shadow trees and its frames of the same origin.
(() => {
  const F = window.pageFunctions;
  const realm = (node) => (node.ownerDocument || node).defaultView || window;
  F.style = (node, pseudo) => realm(node).getComputedStyle(node, pseudo);
  F.shadow = (node) => node.shadowRoot || realm(node).pageFunctions?.closedRoots.get(node) || F.closedRoots.get(node) || null;
  F.inside = (frame) => { try { return frame.contentDocument?.body ? frame.contentDocument : null; } catch { return null; } };
  const openFrames = (root, visit) => {
    for (const node of root.querySelectorAll("*")) {
      const shadow = F.shadow(node);
      if (shadow) visit(shadow);
      if (/^(IFRAME|FRAME)$/.test(node.tagName) && F.inside(node)) visit(F.inside(node));
    }
  };
  F.roots = () => {
    const found = [];
    const visit = (root) => { if (!found.includes(root)) { found.push(root); openFrames(root, visit); } };
    visit(document);
    return found;
  };
  F.up = (node) => node.parentElement || (node.getRootNode().host ?? (realm(node) !== window ? realm(node).frameElement : null));
  F.near = (node, what) => { for (let one = node; one; one = F.up(one)) if (one.matches?.(what)) return one; return null; };
  F.holds = (outer, inner) => { for (let one = inner; one; one = F.up(one)) if (one === outer) return true; return false; };
  F.shown = (node) => {
    for (let one = node; one; one = realm(one) !== window ? realm(one).frameElement : null) {
      if (!one.checkVisibility({ visibilityProperty: true }) || !one.getClientRects().length) return false;
    }
    return true;
  };
  F.every = (what, within) => {
    const found = F.roots().flatMap((root) => [...root.querySelectorAll(what)]);
    return within && within !== document ? found.filter((node) => node !== within && F.holds(within, node)) : found;
  };
  F.all = (what, within) => F.every(what, within).filter(F.shown);
  F.find = (node, id) => (id && node.getRootNode().getElementById?.(id)) || null;
  F.usable = "a[href], area[href], button, input:not([type=hidden]), select, textarea, summary, [contenteditable=''], [contenteditable=true], [tabindex]:not([tabindex='-1'])";
  // Where an element is in the window, also from within a frame.
  F.shift = (node) => {
    let [x, y] = [0, 0];
    for (let frame = realm(node) !== window ? realm(node).frameElement : null; frame; frame = realm(frame) !== window ? realm(frame).frameElement : null) {
      const box = frame.getBoundingClientRect(), style = F.style(frame);
      x += box.left + frame.clientLeft + parseFloat(style.paddingLeft);
      y += box.top + frame.clientTop + parseFloat(style.paddingTop);
    }
    return [x, y];
  };
  F.box = (node) => { const box = node.getBoundingClientRect(), [x, y] = F.shift(node); return new DOMRect(box.x + x, box.y + y, box.width, box.height); };
  F.own = (node) => [...node.childNodes].filter((child) => child.nodeType === 3).map((child) => child.data).join(" ").trim();
  F.faded = (node) => { let paint = 1; for (let one = node; one; one = F.up(one)) paint *= Number(F.style(one).opacity); return paint; };
  F.visible = (node) => { const box = node.getBoundingClientRect(); return F.shown(node) && box.width > 1 && box.height > 1 && F.faded(node) > 0.05 && !F.clipped(node); };
  F.clipped = (node) => {
    for (let one = node; one; one = F.up(one)) {
      const style = F.style(one);
      if (style.overflow !== "visible" && !style.display.startsWith("table") && style.display !== "inline" && (one.clientWidth <= 1 || one.clientHeight <= 1)) return true;
      if (/^rect\(0px,? 0px,? 0px,? 0px\)$|^rect\(1px,? 1px,? 1px,? 1px\)$/.test(style.clip) || /^inset\((50|100)%/.test(style.clipPath)) return true;
    }
    const box = F.box(node);
    return box.right + scrollX <= 0 || box.bottom + scrollY <= 0;
  };
  F.clean = (text) => String(text || "").replace(/[\s\u00a0]+/g, " ").trim();
  F.describe = (node) => {
    const words = F.clean(node.getAttribute("aria-label") || node.innerText || node.value || node.name || node.textContent || "").slice(0, 60);
    return `<${node.tagName.toLowerCase()}${node.id ? " id=" + node.id : ""}>${words ? " “" + words + "”" : ""}`;
  };
  const referred = (node, attribute) => (node.getAttribute(attribute) || "").split(/\s+/).map((id) => F.find(node, id)).filter(Boolean);
  F.referred = referred;
  F.labels = (node) => [...(node.labels || [])];
  F.name = (node) => F.clean(referred(node, "aria-labelledby").map((one) => one.innerText || one.textContent).join(" ")) || F.clean(node.getAttribute("aria-label")) || F.clean(F.labels(node).map((one) => one.innerText || one.textContent).join(" ")) || F.clean(node.title || node.placeholder);
  // A CSS colour as [red, green, blue, alpha], however the style sheet writes it.
  const brush = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
  F.colour = (value) => {
    brush.clearRect(0, 0, 1, 1);
    brush.fillStyle = value;
    brush.fillRect(0, 0, 1, 1);
    const [r, g, b, a] = brush.getImageData(0, 0, 1, 1).data;
    return [r, g, b, a / 255];
  };
  // One style sheet for everything, also where a content security policy forbids style elements.
  const sheets = new Map();
  F.dress = (css) => {
    for (const root of F.roots()) {
      if (!sheets.has(root)) {
        sheets.set(root, new (realm(root.host || root).CSSStyleSheet)());
        root.adoptedStyleSheets = [...root.adoptedStyleSheets, sheets.get(root)];
      }
      sheets.get(root).replaceSync(css);
    }
  };
  F.foreign = () => F.every("iframe, frame, object[data], embed[src]").filter((node) => F.visible(node) && !F.inside(node) && /^(https?:|data:)/.test(node.src || node.data || "")).map((node) => { try { return new URL(node.src || node.data).host || "a data address"; } catch { return "another site"; } });
  F.soon = () => new Promise((done) => { const channel = new MessageChannel(); channel.port1.onmessage = done; channel.port2.postMessage(0); });
})();
