// Texts, their boxes and what they are painted with, for rules that compare pictures of the page.
(() => {
  const F = window.pageFunctions;
  const still = "*, *::before, *::after { transition: none !important; caret-color: transparent !important; scroll-behavior: auto !important; } ";
  const ink = (colour) => `${still} *, *::before, *::after, *::placeholder, *::marker { -webkit-text-fill-color: ${colour} !important; -webkit-text-stroke-color: ${colour} !important; } svg text, svg tspan, svg textPath { fill: ${colour} !important; stroke: none !important; }`;
  let clipped = [];
  // Paint all text in one colour, or as it is (""). Text cut out of a background is painted without that background.
  F.paint = (colour) => {
    clipped.forEach(([node, value, priority]) => node.style.setProperty("background-image", value, priority));
    clipped = [];
    if (colour) {
      clipped = F.every("*").filter((node) => /text/.test(F.style(node).webkitBackgroundClip || F.style(node).backgroundClip)).map((node) => [node, node.style.backgroundImage, node.style.getPropertyPriority("background-image")]);
      clipped.forEach(([node]) => node.style.setProperty("background-image", "none", "important"));
    }
    F.dress(colour ? ink(colour) : still);
  };
  F.hush = () => F.dress("*, *::before, *::after { caret-color: transparent !important; }");
  F.undress = () => F.dress("");
  const said = /[\p{L}\p{N}]/u;
  const exempt = (node) => {
    for (let one = node; one; one = F.up(one)) {
      if (one.matches(":disabled") || (one.matches("[aria-disabled=true]") && !one.matches("a[href]"))) return true;
      if (one.tagName === "LABEL" && one.control?.matches(":disabled")) return true;
    }
    return node.matches("option, optgroup, script, style, noscript, title, desc") || F.clipped(node) || F.faded(node) < 0.04;
  };
  const need = (style) => { const size = parseFloat(style.fontSize); return size >= 24 || (size >= 18.66 && Number(style.fontWeight) >= 700) ? 3 : 4.5; };
  const inView = (box) => box.width > 1 && box.height > 1 && box.top >= -1 && box.left >= -1 && box.left < innerWidth && (box.bottom <= innerHeight + 1 || (box.top < innerHeight && box.height > innerHeight));
  const boxes = (node) => {
    const [x, y] = F.shift(node), found = [];
    for (const child of node.childNodes) {
      if (child.nodeType !== 3 || !said.test(child.data)) continue;
      const range = node.ownerDocument.createRange();
      range.selectNodeContents(child);
      found.push(...[...range.getClientRects()].map((box) => new DOMRect(box.x + x, box.y + y, box.width, box.height)));
    }
    return found;
  };
  const mixed = (node) => { for (let one = node; one; one = F.up(one)) { const style = F.style(one); if (style.mixBlendMode !== "normal" || style.filter !== "none") return true; } return false; };
  const lookedAt = new WeakSet();
  const hollow = (node, style) => F.colour(style.webkitTextFillColor)[3] === 0 && style.backgroundImage !== "none" && !/text/.test(style.backgroundClip);
  // Where words of a style sheet are, before or after an element's own.
  const ruler = document.createElement("canvas").getContext("2d");
  const beside = (node, own) => ["::before", "::after"].flatMap((which) => {
    const style = F.style(node, which), words = [...(style.content || "").matchAll(/"((?:[^"\\]|\\.)*)"/g)].map((one) => one[1]).join("");
    if (!own.length || !said.test(words) || style.position !== "static" || !style.display.startsWith("inline")) return [];
    ruler.font = `${style.fontStyle} ${style.fontWeight} ${style.fontSize} ${style.fontFamily}`;
    const wide = ruler.measureText(words).width, first = own[0], last = own[own.length - 1];
    return [[which === "::before" ? new DOMRect(first.x - wide, first.y, wide, first.height) : new DOMRect(last.right, last.y, wide, last.height), words.slice(0, 40), style]];
  });
  const runs = (node) => {
    const style = F.style(node), found = [];
    const add = (list, words, pseudo) => { const seen = list.filter(inView); if (seen.length) found.push({ told: words, need: need(pseudo || style), mixed: mixed(node), boxes: seen.map((box) => [box.x, box.y, box.width, box.height]) }); };
    if (node.matches("input, textarea, select")) {
      if (node.matches("[type=hidden], [type=checkbox], [type=radio], [type=range], [type=color], [type=file], [type=image], [type=password]")) return [];
      const words = node.tagName === "SELECT" ? node.selectedOptions[0]?.text : node.value || node.placeholder;
      if (words && said.test(words)) add([F.box(node)], `${F.describe(node)} ${node.value || node.tagName === "SELECT" ? "" : "(its placeholder)"}`.trim(), node.value || node.tagName === "SELECT" ? style : F.style(node, "::placeholder"));
      return found;
    }
    if (said.test(F.own(node)) && !hollow(node, style)) { add(boxes(node), F.describe(node)); beside(node, boxes(node)).forEach(([box, words, pseudo]) => add([box], `${F.describe(node)} (${words})`, pseudo)); }
    else if (F.pseudo(node).length && !node.children.length) add([F.box(node)], `${F.describe(node)} (${F.pseudo(node).join(" ").slice(0, 40)})`);
    return found;
  };
  F.textRuns = () => F.all("*").filter((node) => !lookedAt.has(node) && !exempt(node)).flatMap((node) => { const found = runs(node); if (found.length) lookedAt.add(node); return found; });
  // Words that a script drew: their colour is known, what is behind them is in the picture.
  F.drawnRuns = () => F.roots().map((root) => root.defaultView?.pageFunctions?.observed).filter(Boolean).flatMap((one) => one.drawn).filter((one) => one.canvas.isConnected && F.visible(one.canvas) && typeof one.paint === "string" && said.test(one.text)).map((one) => {
    const frame = F.box(one.canvas), wide = frame.width / one.canvas.width, high = frame.height / one.canvas.height, [r, g, b, a] = F.colour(one.paint);
    return { told: `“${one.text.slice(0, 60)}”, drawn on a canvas`, need: one.size * high >= 24 ? 3 : 4.5, paint: [r, g, b, a * one.alpha], box: [frame.x + one.box[0] * wide, frame.y + one.box[1] * high, Math.max(2, one.box[2] * wide), one.box[3] * high] };
  }).filter((one) => one.box[1] >= 0 && one.box[1] + one.box[3] <= innerHeight);
  // The part of the page that scrolls: the page itself, or its largest box with more in it than is seen.
  const scroller = () => {
    const page = document.scrollingElement;
    if (page.scrollHeight > innerHeight + 4) return page;
    return F.all("*").filter((node) => node.scrollHeight > node.clientHeight + 40 && /auto|scroll/.test(F.style(node).overflowY) && node.clientHeight > innerHeight / 3).sort((a, b) => b.clientHeight * b.clientWidth - a.clientHeight * a.clientWidth)[0] || page;
  };
  F.scrollTop = () => scroller().scrollTo({ top: 0, behavior: "instant" });
  F.scrollOn = () => { const node = scroller(), before = node.scrollTop; node.scrollTo({ top: before + Math.round(Math.min(node.clientHeight, innerHeight) * 0.8), behavior: "instant" }); return node.scrollTop > before; };
})();
