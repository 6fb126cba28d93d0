// What the page does while nobody touches it.
(() => {
  const F = window.pageFunctions;
  const LONG = 5000, FLASH = 334;
  const watchers = () => F.roots().map((root) => root.defaultView?.pageFunctions?.observed).filter(Boolean);
  const look = (node) => { const s = F.style(node); return [s.transform, s.translate, s.rotate, s.scale, s.opacity, s.visibility, s.backgroundColor, s.backgroundPosition, s.backgroundImage.length, s.color, s.boxShadow, s.filter, s.strokeDashoffset, s.strokeDasharray, s.clipPath, s.left, s.top, s.marginLeft, s.width, s.height, s.borderColor, s.fontSize, node.getAttribute("src"), node.getAttribute("d"), node.getAttribute("x"), node.getAttribute("cx"), node.getAttribute("points")].join("|"); };
  const ink = (canvas) => {
    try {
      const small = document.createElement("canvas");
      small.width = small.height = 48;
      const brush = small.getContext("2d", { willReadFrequently: true });
      brush.drawImage(canvas, 0, 0, 48, 48);
      const data = brush.getImageData(0, 0, 48, 48).data, base = [...data.slice(0, 4)];
      let count = 0, sum = 0;
      for (let at = 0; at < data.length; at += 4) {
        if (base.some((value, part) => Math.abs(data[at + part] - value) > 40)) count += 1;
        sum = (sum * 31 + data[at] + 3 * data[at + 1] + 5 * data[at + 2] + 7 * data[at + 3]) % 1000000007;
      }
      return { count, sum };
    } catch { return null; }
  };
  const snaps = [];
  F.glance = () => {
    const nodes = new Map(), scrolls = new Map(), canvases = new Map(), levels = new Map();
    for (const node of F.all("*")) {
      const box = node.getBoundingClientRect();
      nodes.set(node, { look: look(node), x: box.left + scrollX, y: box.top + scrollY, width: box.width, height: box.height, text: node.tagName === "BODY" || node.tagName === "HTML" ? "" : (node.textContent || "").trim() });
      if (node.scrollWidth > node.clientWidth + 2 || node.scrollHeight > node.clientHeight + 2) scrolls.set(node, [node.scrollLeft, node.scrollTop].join());
      if (node.tagName === "CANVAS") canvases.set(node, ink(node));
      if (node.matches("progress, meter, [aria-valuenow]")) levels.set(node, Number(node.getAttribute("aria-valuenow") ?? node.value));
    }
    scrolls.set(document, [scrollX, scrollY].join());
    snaps.push({ lines: F.lines(), nodes, scrolls, canvases, levels, phase: watchers()[0].phase });
    for (const one of watchers()) one.phase += 1;
    return snaps.length;
  };
  const differ = (part, node, one, two, same = (a, b) => a === b) => { const a = snaps[one]?.[part].get(node), b = snaps[two]?.[part].get(node); return a !== undefined && b !== undefined && a !== null && b !== null && !same(a, b); };
  // Pairs of glances with nothing but moments between them, and pairs with seconds or minutes between.
  F.news = (from, to) => {
    const before = new Set(snaps.slice(from, to).flatMap((snap) => snap.lines));
    return [...new Set((snaps[to]?.lines || []).filter((line) => !before.has(line) && /[\p{L}\p{N}]/u.test(line)))];
  };
  const touched = (node, phase) => watchers().some((one) => one.moved.get(node)?.[phase]);
  const looks = (one, two, node) => differ("nodes", node, one, two, (a, b) => a.look === b.look);
  F.scriptMotion = (moment, leaps) => {
    const found = [];
    for (const node of snaps[moment[1]].nodes.keys()) {
      if (!node.isConnected || !F.shown(node)) continue;
      const now = looks(...moment, node) && touched(node, moment[1]);
      const often = leaps.every(([, two]) => touched(node, two)) && snaps.some((snap, at) => at && looks(at - 1, at, node));
      if (now || often) found.push(`a script moves or changes ${F.describe(node)}`);
    }
    for (const [node] of snaps[moment[1]].scrolls) if (differ("scrolls", node, ...moment) || leaps.filter(([one, two]) => differ("scrolls", node, one, two)).length >= 2) found.push(`a script scrolls ${node === document ? "the page" : F.describe(node)}`);
    for (const [node] of snaps[moment[1]].canvases) if (differ("canvases", node, ...moment, (a, b) => a.sum === b.sum)) found.push(`a script paints ${F.describe(node)} again and again`);
    return found;
  };
  F.flashes = () => F.all("*").filter((node) => watchers().some((one) => { const flips = one.moved.get(node)?.flips || []; return flips.some((at, turn) => turn >= 4 && at - flips[turn - 4] < 1300); })).map((node) => `${F.describe(node)} changes back and forth more than three times a second`);
  const running = (one) => one.effect && one.playState === "running" && (!one.timeline || one.timeline instanceof DocumentTimeline || one.timeline.constructor.name === "DocumentTimeline") && one.effect.target && F.shown(one.effect.target) && changes(one);
  const changes = (one) => { const frames = one.effect.getKeyframes?.() || []; const kinds = new Set(frames.map((frame) => JSON.stringify({ ...frame, offset: 0, computedOffset: 0, easing: "", composite: "" }))); return kinds.size > 1; };
  const all = () => [...new Set(F.roots().flatMap((root) => root.getAnimations()))];
  F.animations = () => all().filter(running).flatMap((one) => {
    const { activeDuration, duration, iterations } = one.effect.getComputedTiming(), who = F.describe(one.effect.target);
    if (duration <= FLASH && iterations > 3) return [`a flash of ${who}`];
    return activeDuration > LONG ? [`an animation of ${who}`] : [];
  });
  const seconds = (text) => { const found = /^([\d.]+)(ms|s|min|h)?$/.exec((text || "").trim()); return found ? Number(found[1]) * { ms: 1, s: 1000, min: 60000, h: 3600000 }[found[2] || "s"] : 0; };
  const smil = () => F.every("animate, animateTransform, animateMotion, animateColor, set").filter((node) => {
    if (!node.ownerSVGElement || !F.shown(node.ownerSVGElement) || /click|focus|mouse|indefinite|key/.test(node.getAttribute("begin") || "") || node.ownerSVGElement.animationsPaused?.()) return false;
    const count = node.getAttribute("repeatCount") || node.getAttribute("repeatDur") || "1";
    return count === "indefinite" || seconds(node.getAttribute("dur")) * (parseFloat(count) || 1) > LONG;
  });
  F.drawnMotion = () => [
    ...smil().map((node) => `an SVG animation of ${F.describe(node.parentElement)}`),
    ...F.all("marquee, blink").map(F.describe),
    ...F.all("video").filter((node) => (node.autoplay || !node.paused) && !(node.duration <= 5 && !node.loop)).map((node) => `${F.describe(node)} plays by itself`),
  ];
  // Pictures that may move: those that the page shows, and those that style sheets put behind something.
  F.pictures = () => [...new Set([
    ...F.all("img, input[type=image], svg image, video[poster]").filter(F.visible).map((node) => node.currentSrc || node.src || node.href?.baseVal || ""),
    ...F.all("object[type^=image], embed[type^=image]").map((node) => node.data || node.src),
    ...F.all("*").flatMap((node) => [F.style(node), F.style(node, "::before"), F.style(node, "::after")].flatMap((style) => [...`${style.backgroundImage} ${style.content} ${style.listStyleImage}`.matchAll(/url\("([^"]+)"\)/g)].map((one) => one[1]))),
  ])].filter((url) => /^(https?|data:image)/.test(url) && !/\.(jpe?g|woff2?)(\?|$)/i.test(url));
  // Things that fall or fill with the time: bars, rings, progress.
  const falling = (values) => { const known = values.filter((one) => one !== null && one !== undefined && !Number.isNaN(one)); return known.length >= 3 && (known.every((one, at) => !at || one <= known[at - 1]) || known.every((one, at) => !at || one >= known[at - 1])) && new Set(known).size >= 3; };
  F.gauges = (from) => {
    const seen = snaps.slice(from), found = [];
    for (const [node, now] of seen[seen.length - 1].nodes) {
      if (!node.isConnected) continue;
      const past = seen.map((snap) => snap.nodes.get(node)), all = (what) => past.map((one) => one && one[what]);
      const still = new Set(past.map((one) => one?.text)).size === 1;
      const numbers = (key) => past.map((one) => one && parseFloat(one.look.split("|")[key]));
      const falls = still && (falling(all("width")) || falling(all("height")) || falling(numbers(12)) || falling(numbers(13)));
      const drawn = still && now.text === "" && new Set(past.map((one) => one?.look.split("|").slice(0, 15).join("|"))).size >= 4;
      if ((falls || drawn) && scripted(node)) found.push(`${F.describe(node)} ${falls ? "shrinks or fills" : "changes"} as time goes by`);
    }
    const levels = new Set(seen.flatMap((snap) => [...snap.levels.keys()]));
    for (const node of levels) if (new Set(seen.map((snap) => snap.levels.get(node)).filter((one) => one !== undefined)).size > 1) found.push(`${F.describe(node)} changes its level as time goes by`);
    for (const node of seen[seen.length - 1].canvases.keys()) if (falling(seen.map((snap) => snap.canvases.get(node)?.count)) || new Set(seen.map((snap) => snap.canvases.get(node)?.sum)).size === seen.length) found.push(`the drawing ${F.describe(node)} changes as time goes by`);
    return found;
  };
  const scripted = (node) => { for (let one = node; one; one = F.up(one)) if (watchers().some((seen) => seen.moved.has(one))) return true; return false; };
  const shapes = /^(width|inlineSize|height|blockSize|maxWidth|maxInlineSize|flexBasis|flexGrow|right|left|insetInlineEnd|strokeDashoffset|strokeDasharray|clipPath|backgroundSize|backgroundPosition\w*|scale|gridTemplateColumns|--.*)$/;
  F.slowShapes = () => [
    ...all().filter(running).filter((one) => {
      const { activeDuration, iterations } = one.effect.getComputedTiming();
      const frames = one.effect.getKeyframes();
      const parts = new Set(frames.flatMap((frame) => Object.keys(frame)));
      const scaled = frames.some((frame) => /scale|matrix/.test(String(frame.transform || "")));
      return activeDuration > LONG && iterations <= 3 && ([...parts].some((part) => shapes.test(part)) || scaled);
    }).map((one) => `${F.describe(one.effect.target)} shrinks or fills in ${Math.round(one.effect.getComputedTiming().activeDuration / 1000)} seconds`),
    ...smil().filter((node) => node.getAttribute("repeatCount") !== "indefinite" && /^(width|height|r|rx|x2|stroke-dashoffset|stroke-dasharray|points|d)$/.test(node.getAttribute("attributeName") || "")).map((node) => `${F.describe(node.parentElement)} shrinks or fills in ${node.getAttribute("dur")}`),
  ];
  // How far things go when the page is scrolled, against how far it was scrolled.
  const spots = () => new Map(F.all("*").filter((node) => { const style = F.style(node); return style.position !== "fixed" && style.position !== "sticky"; }).map((node) => [node, [node.getBoundingClientRect().top, F.style(node).transform + F.style(node).translate + F.style(node).backgroundPosition]]));
  let start = null;
  F.parallax = () => {
    const fixed = F.all("*").filter((node) => { const style = F.style(node); return style.backgroundAttachment === "fixed" && style.backgroundImage !== "none" && node.clientHeight > 40 && !node.matches("html, body"); }).map((node) => `the picture behind ${F.describe(node)} moves against the page`);
    const driven = all().filter((one) => one.timeline && one.timeline.constructor.name !== "DocumentTimeline" && one.effect?.target && F.shown(one.effect.target) && changes(one) && one.effect.getKeyframes().some((frame) => ["transform", "translate", "scale", "rotate", "backgroundPosition"].some((part) => frame[part]))).map((one) => `${F.describe(one.effect.target)} moves as the page is scrolled`);
    start = [scrollY, spots()];
    window.scrollTo({ top: scrollY + Math.min(240, document.documentElement.scrollHeight - innerHeight), behavior: "instant" });
    return [...fixed, ...driven];
  };
  F.parallaxAfter = () => {
    const [top, first] = start, gone = scrollY - top;
    const odd = gone < 20 ? [] : [...spots()].filter(([node, [at, style]]) => first.has(node) && style !== first.get(node)[1] && watchers().some((one) => one.moved.has(node))).map(([node]) => `${F.describe(node)} moves at another speed than the page`);
    window.scrollTo({ top, behavior: "instant" });
    return odd;
  };
  F.calmDown = () => { for (const one of all()) try { one.effect?.getComputedTiming().endTime === Infinity ? one.pause() : one.finish(); } catch { /* an animation without an end of its own */ } };
})();
