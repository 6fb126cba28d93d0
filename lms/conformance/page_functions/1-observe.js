// Loaded before the page's own code, in every frame: what scripts do that can't be seen afterwards.
window.pageFunctions = {};
(() => {
  const observed = { listeners: [], pressed: 0, touched: false, unannounced: [], announced: 0, sounds: [], drawn: [], asked: [], sent: 0, moved: new Map(), phase: 0 };
  const closedRoots = new WeakMap();
  Object.assign(window.pageFunctions, { observed, closedRoots });
  const wrap = (owner, name, before) => {
    const own = owner && owner[name];
    if (typeof own === "function") owner[name] = function (...given) { before.call(this, given); return own.apply(this, given); };
  };
  const listen = EventTarget.prototype.addEventListener;
  observed.listen = listen;
  EventTarget.prototype.addEventListener = function (name, ...rest) {
    observed.listeners.push([this || window, name]);
    return listen.call(this || window, name, ...rest);
  };
  // Chromium counts our own questions as a touch, so that navigator.userActivation doesn’t tell.
  for (const name of ["pointerdown", "keydown"]) listen.call(window, name, (event) => { observed.touched ||= event.isTrusted; }, true);
  const attach = Element.prototype.attachShadow;
  Element.prototype.attachShadow = function (how) {
    const root = attach.call(this, how);
    closedRoots.set(this, root);
    watchChanges(root);
    return root;
  };
  // Sound, and questions of the browser.
  const sound = (what) => () => { if (!observed.touched) observed.sounds.push(what); };
  const play = HTMLMediaElement.prototype.play;
  HTMLMediaElement.prototype.play = function () {
    if (!observed.touched && !(this.muted || this.volume === 0)) observed.sounds.push(`a script plays ${this.tagName.toLowerCase()} ${(this.currentSrc || this.src || "").slice(0, 60)}`.trim());
    return play.call(this);
  };
  for (const name of ["OscillatorNode", "AudioBufferSourceNode", "ConstantSourceNode"]) wrap(window[name]?.prototype, "start", sound("a script makes a sound (WebAudio)"));
  wrap(window.SpeechSynthesis?.prototype, "speak", sound("a script speaks"));
  wrap(window.Navigator?.prototype, "vibrate", sound("a script lets the device vibrate"));
  wrap(window, "open", () => { if (!observed.touched) observed.asked.push("a window of its own"); });
  if (window.Notification) wrap(window.Notification, "requestPermission", () => observed.asked.push("a question about notifications"));
  wrap(window.Geolocation?.prototype, "getCurrentPosition", () => observed.asked.push("a question about the reader’s place"));
  // What goes out after a press, and scrolling that nobody asked for.
  wrap(window, "fetch", () => { observed.sent += 1; });
  wrap(window.XMLHttpRequest?.prototype, "send", () => { observed.sent += 1; });
  wrap(window.History?.prototype, "pushState", () => { observed.sent += 1; });
  listen.call(window, "hashchange", () => { observed.sent += 1; });
  observed.lines = [];
  for (const name of ["WebSocket", "EventSource"]) if (window[name]) window[name] = new Proxy(window[name], { construct(kind, given) { observed.lines.push(new URL(given[0], location.href).href); return Reflect.construct(kind, given); } });
  // Words on a canvas, with their colour and place.
  for (const kind of [window.CanvasRenderingContext2D, window.OffscreenCanvasRenderingContext2D]) {
    for (const name of ["fillText", "strokeText"]) wrap(kind?.prototype, name, function ([text, x, y]) {
      const { width } = this.measureText(text), size = parseFloat(/([\d.]+)px/.exec(this.font)?.[1] || "10"), at = this.getTransform();
      const left = x - (this.textAlign === "center" ? width / 2 : ["right", "end"].includes(this.textAlign) ? width : 0);
      const top = y - (this.textBaseline === "middle" ? size / 2 : ["top", "hanging"].includes(this.textBaseline) ? 0 : size);
      observed.drawn.push({ canvas: this.canvas, text: String(text), size: size * Math.abs(at.d || 1), paint: name === "fillText" ? this.fillStyle : this.strokeStyle, alpha: this.globalAlpha, box: [left * at.a + at.e, top * at.d + at.f, width * at.a, size * 1.25 * at.d] });
      if (observed.drawn.length > 400) observed.drawn.shift();
    });
  }
  // Changes: those that a press causes and no screen reader tells, and those that scripts make by themselves.
  const upwards = (node) => node.parentElement || node.getRootNode().host || null;
  const near = (node, what) => { for (let one = node; one; one = upwards(one)) if (one.matches?.(what)) return one; return null; };
  const told = (node) => {
    const live = near(node, "[role=status], [role=alert], [role=log], [role=timer], [aria-live], output, [role=dialog], [role=alertdialog], dialog");
    return live && live.getAttribute("aria-live") !== "off" && !near(node, "[aria-hidden=true]");
  };
  let last = null;
  const opens = "[aria-expanded], [aria-controls], [aria-haspopup], [aria-pressed], [aria-selected], [aria-checked], [popovertarget], summary, select, label, input, textarea";
  const expected = (home) => (last && (near(last, opens) || last.contains(home))) || home.contains(document.activeElement) && document.activeElement !== document.body && document.activeElement !== last && !home.contains(last);
  const consider = (change) => {
    const nodes = change.type === "childList" ? [...change.addedNodes] : [change.target];
    for (const node of nodes) {
      const home = node.nodeType === 1 ? node : upwards(node) || node.parentNode?.host;
      if (!home || home === document.body || !home.isConnected || home.matches("title, script, style, summary, details *, option")) continue;
      const text = (home.innerText ?? home.textContent ?? "").trim();
      if (change.type === "attributes" && (change.attributeName === "hidden" ? home.hidden : change.oldValue === home.getAttribute(change.attributeName))) continue;
      if (text.length < 2 || !home.checkVisibility({ visibilityProperty: true, opacityProperty: true })) continue;
      if (change.type === "attributes" && change.attributeName !== "hidden" && seenBefore.has(home)) continue;
      if (told(home)) observed.announced += 1;
      else if (!expected(home)) observed.unannounced.push(text.replace(/\s+/g, " ").slice(0, 80));
    }
  };
  // Elements that were already visible when the press came: another class on them brings no new words.
  let seenBefore = new WeakSet();
  const remember = () => {
    seenBefore = new WeakSet();
    for (const one of document.querySelectorAll("body *")) if (one.checkVisibility({ visibilityProperty: true, opacityProperty: true })) seenBefore.add(one);
  };
  const changed = (changes) => {
    for (const change of changes) {
      if (observed.pressed) consider(change);
      if (change.type === "attributes" && change.target.nodeType === 1) {
        const known = observed.moved.get(change.target) || { flips: [], past: [] };
        known[observed.phase] = (known[observed.phase] || 0) + 1;
        if (known.past.length > 1 && known.past[known.past.length - 2] === change.oldValue) known.flips.push(Date.now());
        known.past = [...known.past, change.oldValue].slice(-2);
        observed.moved.set(change.target, known);
      }
    }
  };
  const watchChanges = (root) => new MutationObserver(changed).observe(root, { childList: true, subtree: true, characterData: true, attributes: true, attributeOldValue: true });
  listen.call(document, "click", (event) => { if (event.isTrusted) { last = event.composedPath()[0]; remember(); observed.pressed += 1; } }, true);
  listen.call(document, "DOMContentLoaded", () => watchChanges(document.body));
})();
