// Press what looks or listens like a control, with the mouse and with the keyboard, without letting anything out of the page.
(() => {
  const F = window.pageFunctions;
  const CLICKS = ["click", "mousedown", "mouseup", "pointerdown", "pointerup", "touchstart", "touchend", "dblclick"];
  const NATIVE = "a[href], area[href], button, input, select, textarea, summary, label, option, video[controls], audio[controls], [contenteditable=''], [contenteditable=true]";
  const ROVING = "[role=option], [role=tab], [role=menuitem], [role=menuitemradio], [role=menuitemcheckbox], [role=treeitem], [role=gridcell], [role=row], [role=radio]";
  const CONTROLS = "[role=button], [role=link], [role=checkbox], [role=switch], [role=menuitem], [role=tab], [role=radio], [role=option], [role=slider], [role=spinbutton], [role=combobox], [role=textbox]";
  const MOST = 150;
  const realms = () => F.roots().map((root) => root.defaultView).filter(Boolean);
  const listening = () => {
    const map = new Map();
    for (const realm of realms()) for (const [target, name] of realm.pageFunctions?.observed.listeners || []) map.set(target, (map.get(target) || new Set()).add(name));
    for (const node of F.every("*")) {
      const names = CLICKS.filter((name) => typeof node[`on${name}`] === "function");
      const props = Object.keys(node).find((key) => key.startsWith("__reactProps$") || key.startsWith("__reactEventHandlers$"));
      if (props && node[props]?.onClick) names.push("click");
      if (names.length) map.set(node, new Set([...(map.get(node) || []), ...names]));
    }
    return map;
  };
  const clicks = (names) => names && CLICKS.some((name) => names.has(name));
  const candidates = (map) => {
    const direct = [...map].filter(([node, names]) => node.nodeType === 1 && node !== document.body && node !== document.documentElement && clicks(names)).map(([node]) => node);
    const above = [...map].filter(([node, names]) => clicks(names) && (node.nodeType !== 1 || node.querySelector("*") || node === document.body)).map(([node]) => node);
    const under = (node) => above.some((outer) => outer.nodeType !== 1 || F.holds(outer, node));
    const leaf = (node) => F.own(node) || !node.children.length || (F.style(node).cursor === "pointer" && F.style(F.up(node) || node).cursor !== "pointer");
    const delegated = above.length ? F.all("*").filter((node) => leaf(node) && under(node) && !node.matches("html, body, script, style, br, hr")) : [];
    delegated.sort((one, two) => (F.style(two).cursor === "pointer") - (F.style(one).cursor === "pointer"));
    const free = (node) => node.isConnected && F.visible(node) && !F.near(node, NATIVE) && !F.near(node, ":disabled, [aria-disabled=true], [inert]") && !node.querySelector(NATIVE);
    return [...new Set([...direct, ...delegated])].filter(free).slice(0, MOST);
  };
  let effects = 0;
  const seal = () => {
    const undo = [];
    const put = (owner, name, value) => { if (!owner || !(name in owner)) return; const before = owner[name]; try { owner[name] = value; undo.push(() => { owner[name] = before; }); } catch { /* not for us to change */ } };
    for (const realm of realms()) {
      for (const name of ["alert", "confirm", "prompt", "open"]) put(realm, name, () => { effects += 1; return null; });
      put(realm, "fetch", () => { effects += 1; return new Promise(() => {}); });
      put(realm.XMLHttpRequest.prototype, "send", () => { effects += 1; });
      put(realm.HTMLFormElement.prototype, "submit", () => { effects += 1; });
      put(realm.HTMLFormElement.prototype, "requestSubmit", () => { effects += 1; });
      put(realm.Navigator.prototype, "sendBeacon", () => true);
      const leave = (event) => { effects += 1; if (event.cancelable) event.preventDefault(); };
      realm.navigation?.addEventListener("navigate", leave);
      undo.push(() => realm.navigation?.removeEventListener("navigate", leave));
    }
    const watchers = F.roots().map((root) => { const watcher = new MutationObserver((changes) => { effects += changes.length; }); watcher.observe(root, { childList: true, subtree: true, characterData: true, attributes: true }); return watcher; });
    undo.push(() => watchers.forEach((watcher) => watcher.disconnect()));
    return () => undo.forEach((one) => one());
  };
  const settle = async () => { for (let turn = 0; turn < 3; turn += 1) await F.soon(); };
  const after = async (act) => { await settle(); effects = 0; act(); await settle(); return effects; };
  const press = (node) => {
    const view = node.ownerDocument.defaultView, box = node.getBoundingClientRect();
    const how = { bubbles: true, composed: true, cancelable: true, view, clientX: box.x + box.width / 2, clientY: box.y + box.height / 2, button: 0 };
    for (const name of ["pointerdown", "mousedown", "pointerup", "mouseup", "click"]) node.dispatchEvent(new view[name.startsWith("pointer") ? "PointerEvent" : "MouseEvent"](name, how));
  };
  const type = (node, key) => {
    const how = { key, code: key === " " ? "Space" : key, keyCode: key === " " ? 32 : 13, which: key === " " ? 32 : 13, bubbles: true, composed: true, cancelable: true };
    for (const name of ["keydown", "keypress", "keyup"]) node.dispatchEvent(new node.ownerDocument.defaultView.KeyboardEvent(name, how));
  };
  const inOrder = (node) => node.matches("[tabindex]") && node.tabIndex >= 0;
  const steered = (node) => { const item = F.near(node, ROVING); if (!item) return false; if (item.tabIndex >= 0 && item.matches("[tabindex]")) return false; const list = F.near(F.up(item), "[role=listbox], [role=tablist], [role=menu], [role=menubar], [role=tree], [role=grid], [role=radiogroup], [role=combobox]"); return !!list && (inOrder(list) || list.matches("[aria-activedescendant]") || [...list.querySelectorAll("[tabindex='0'], button, a[href], input")].length > 0); };
  const byKeyboard = async (node) => {
    for (let one = node, steps = 0; one && steps < 6 && one !== document.body; one = F.up(one), steps += 1) {
      if (one.matches(NATIVE)) return "";
      if (inOrder(one)) {
        for (const key of ["Enter", " "]) if (await after(() => { one.focus?.({ preventScroll: true }); }) >= 0 && await after(() => type(one, key))) return "";
        return "is reached with Tab, but Enter and Space do nothing";
      }
      if (F.style(one).cursor === "pointer" && one !== node && one.querySelector(NATIVE)) return "";
    }
    return steered(node) ? "" : "is clicked but can’t be reached with the keyboard";
  };
  F.pressAll = async () => {
    const map = listening(), found = [], list = candidates(map), open = seal();
    try {
      const noisy = list.length > 0 && await after(() => press(document.body)) > 0 && await after(() => press(document.body)) > 0;
      for (const node of list) {
        if (!node.isConnected || !F.shown(node)) continue;
        const box = F.box(node);
        if (box.width * box.height > innerWidth * innerHeight * 0.8 && !F.own(node)) continue;
        const own = clicks(map.get(node)), pointer = F.style(node).cursor === "pointer";
        const described = F.describe(node);
        // The keyboard first: a press may take the control, or what it closes, out of the page.
        const trouble = await byKeyboard(node);
        if (!trouble) continue;
        const works = await after(() => press(node));
        if (works ? noisy && !own && !pointer : !(own && (pointer || node.hasAttribute("onclick")))) continue;
        found.push(`${described} ${trouble}`);
      }
    } finally { open(); }
    return found;
  };
  F.deafControls = () => F.all(CONTROLS).filter((node) => !node.matches(NATIVE) && !node.querySelector(NATIVE) && !F.near(node, NATIVE) && !F.near(node, "[aria-disabled=true], [inert]") && !inOrder(node) && !steered(node)).map((node) => `${F.describe(node)} says that it’s a ${node.getAttribute("role")}, but Tab doesn’t reach it`);
  F.ownOrder = () => F.all("[tabindex]").filter((node) => node.tabIndex > 0).map((node) => `${F.describe(node)} has tabindex ${node.tabIndex}, so Tab doesn’t follow the page`);
})();
