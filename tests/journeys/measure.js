// What a page measures of itself: gathered here so that each question of the tests has one answer.
window.measure ??= (() => {
  const shown = (node) => node.checkVisibility({ visibilityProperty: true, contentVisibilityAuto: true }) && node.getClientRects().length > 0;
  const told = (node) => `${node.tagName.toLowerCase()}.${node.className} ${(node.innerText || node.value || node.name || "").slice(0, 40)}`;
  // Words for screen readers alone, the skip link above the page and drawings may stand outside.
  const outside = ".vh, .skip, svg, svg *, thead, thead *, caption, [hidden], [hidden] *";
  const all = (what) => [...document.querySelectorAll(what)].filter((node) => shown(node) && !node.closest(".vh"));

  // Boxes may reach out, as margins of a list do; what is read or used may not.
  const boxes = (node) => {
    if (node.matches("button, input, select, textarea, img, table, .btn")) return [node.getBoundingClientRect()];
    const words = [...node.childNodes].filter((child) => child.nodeType === Node.TEXT_NODE && child.data.trim());
    return words.flatMap((text) => {
      const range = document.createRange();
      range.selectNodeContents(text);
      return [...range.getClientRects()];
    });
  };
  const beyondTheEdge = () => {
    const wide = document.documentElement.clientWidth;
    const out = (box) => box.width > 1 && (box.right > wide + 1 || box.left < -1);
    const found = all("body *").filter((node) => !node.matches(outside) && boxes(node).some(out)).map(told);
    if (document.scrollingElement.scrollWidth > wide) found.push("the page scrolls sideways");
    return found;
  };

  const cutText = () => all("body *").filter((node) => !node.matches(outside)).filter((node) => {
    const style = getComputedStyle(node);
    const hides = style.overflowX !== "visible" || style.overflowY !== "visible";
    const fixed = node !== document.body && hides && !/auto|scroll/.test(style.overflowX + style.overflowY);
    return fixed && (node.scrollHeight > node.clientHeight + 1 || node.scrollWidth > node.clientWidth + 1);
  }).map(told);

  const smallTargets = () => all("button, .btn, summary, .care a, .nav a, .sheet a, select, label.opt, label.tick, .seg label, input:not([type=hidden], [type=radio], [type=checkbox])")
    .filter((node) => { const box = node.getBoundingClientRect(); return box.height < 43.5 || box.width < 24; }).map(told);

  const focused = () => {
    const node = document.activeElement;
    if (!node || node === document.body || node === document.documentElement) return null;
    const box = node.getBoundingClientRect();
    const strip = document.querySelector(".care");
    const own = getComputedStyle(node), around = getComputedStyle(node.closest("label") || node);
    const ring = (style) => style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2;
    const [x, y] = [Math.min(box.left + box.width / 2, innerWidth - 1), Math.min(Math.max(box.top, 0) + Math.min(box.height, 40) / 2, innerHeight - 1)];
    const hit = document.elementFromPoint(x, y);
    const apart = strip.contains(node) || node.matches(".skip");
    return {
      what: told(node), mark: all("a, button, input, select, textarea, summary").indexOf(node),
      ring: ring(own) || ring(around),
      hidden: !apart && (box.top < strip.getBoundingClientRect().bottom - 1 || box.top > innerHeight - 8 || (!!hit && strip.contains(hit))),
    };
  };

  const restless = () => [
    ...document.getAnimations().map((one) => `an animation of ${told(one.effect.target)}`),
    ...[...document.querySelectorAll("[autoplay], audio, video, marquee, meta[http-equiv=refresh]")].map(told),
    ...(window.beats ? ["setInterval was called"] : []),
    ...performance.getEntriesByType("resource").map((one) => one.name).filter((name) => !name.startsWith(location.origin)),
  ];

  const widen = () => {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync("*{line-height:1.5!important;letter-spacing:.12em!important;word-spacing:.16em!important}p{margin-block-end:2em!important}");
    document.adoptedStyleSheets = [sheet];
  };
  const narrow = () => { document.adoptedStyleSheets = []; };

  // Every word as another language may have it: two fifths longer, and in brackets, so that a cut end would show.
  const words = () => {
    const found = [], walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (walk.nextNode()) if (/\p{L}{2}/u.test(walk.currentNode.data) && !walk.currentNode.parentElement.closest("script, svg")) found.push(walk.currentNode);
    return found;
  };
  const asWritten = new Map();
  const longer = (text) => {
    let left = Math.ceil(text.trim().length * 0.4);
    const grown = text.replace(/[aeiouyäöüéáíóú]/gi, (sign) => (left > 0 ? (left -= 1, sign + sign) : sign));
    return grown.replace(/^(\s*)(.*?)(\s*)$/s, (_all, before, inner, after) => `${before}[${inner}${"e".repeat(left)}]${after}`);
  };
  const lengthen = () => { for (const node of words()) { asWritten.set(node, node.data); node.data = longer(node.data); } };
  const shorten = () => { for (const [node, text] of asWritten) node.data = text; asWritten.clear(); };

  const named = (what, found) => found.map((one) => `${what}: ${one}`);
  // What stands beyond the edge, as it is and with wider letters and lines, or is cut off.
  const doesNotFit = () => {
    const found = named("beyond the edge", beyondTheEdge());
    widen();
    found.push(...named("beyond the edge with wider text", beyondTheEdge()), ...named("cut off with wider text", cutText()));
    narrow();
    return found;
  };
  // The same once every word is two fifths longer and in brackets.
  const doesNotFitTranslated = () => {
    lengthen();
    const found = [...named("beyond the edge with longer words", beyondTheEdge()), ...named("cut off with longer words", cutText())];
    shorten();
    return found;
  };

  return { doesNotFit, doesNotFitTranslated, beyondTheEdge, smallTargets, focused, restless };
})();
