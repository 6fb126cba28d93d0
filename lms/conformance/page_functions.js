// Functions that rules call in a page. Loaded before the page's own code, so that they can count its timers and listeners.
window.pageFunctions = (() => {
  const observed = { intervals: 0, clicked: [], pressed: 0, unannounced: [], leaving: false };
  const setTimer = window.setInterval.bind(window);
  window.setInterval = (what, ms, ...rest) => { if (Number(ms) >= 200 && Number(ms) <= 5000) observed.intervals += 1; return setTimer(what, ms, ...rest); };
  const listen = EventTarget.prototype.addEventListener;
  EventTarget.prototype.addEventListener = function (name, ...rest) {
    if (name === "click" && this instanceof Element) observed.clicked.push(this);
    if (name === "beforeunload") observed.leaving = true;
    return listen.call(this, name, ...rest);
  };
  const liveRegion = (node) => node.closest("[role=status], [role=alert], [role=log], [aria-live], output, [role=dialog], dialog");
  const shown = (node) => node.checkVisibility({ visibilityProperty: true }) && node.getClientRects().length > 0;
  const describe = (node) => {
    const words = (node.getAttribute("aria-label") || node.innerText || node.value || node.name || "").trim().replace(/\s+/g, " ").slice(0, 60);
    return `<${node.tagName.toLowerCase()}${node.id ? " id=" + node.id : ""}>${words ? " “" + words + "”" : ""}`;
  };
  const all = (what, within = document) => [...within.querySelectorAll(what)].filter(shown);
  const usable = "a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex]:not([tabindex='-1'])";
  const name = (node) => {
    const by = (node.getAttribute("aria-labelledby") || "").split(/\s+/).map((id) => document.getElementById(id)?.innerText || "").join(" ");
    const labels = [...(node.labels || [])].map((one) => one.innerText).join(" ");
    return (node.getAttribute("aria-label") || by || labels || node.title || node.placeholder || "").trim();
  };
  // A CSS colour as [red, green, blue, alpha], however the style sheet writes it.
  const brush = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
  const colour = (value) => {
    brush.clearRect(0, 0, 1, 1);
    brush.fillStyle = value;
    brush.fillRect(0, 0, 1, 1);
    const [r, g, b, a] = brush.getImageData(0, 0, 1, 1).data;
    return [r, g, b, a / 255];
  };
  const words = (without) => {
    const hidden = without ? [...document.querySelectorAll(without)].map((node) => [node, node.style.display]) : [];
    hidden.forEach(([node]) => { node.style.display = "none"; });
    const text = [document.body.innerText, document.title, ...[...document.querySelectorAll("[aria-label], [placeholder]")].filter(shown).map((node) => `${node.getAttribute("aria-label") || ""} ${node.getAttribute("placeholder") || ""}`)].join("\n");
    hidden.forEach(([node, display]) => { node.style.display = display; });
    return text;
  };
  listen.call(document, "click", (event) => { if (event.isTrusted) observed.pressed += 1; }, true);
  listen.call(document, "DOMContentLoaded", () => new MutationObserver((changes) => {
    if (!observed.pressed) return;
    for (const change of changes) {
      const nodes = change.type === "characterData" ? [change.target] : change.type === "attributes" ? [change.target] : [...change.addedNodes];
      for (const node of nodes) {
        const home = node instanceof Element ? node : node.parentElement;
        const text = (home?.innerText || "").trim();
        if (home && home !== document.body && text.length > 2 && shown(home) && !liveRegion(home) && !home.matches("title, script, style, details *, summary")) observed.unannounced.push(text.slice(0, 80));
      }
    }
  }).observe(document.body, { childList: true, subtree: true, characterData: true, attributes: true, attributeFilter: ["hidden"] }));
  return { observed, shown, describe, all, usable, name, colour, words };
})();
