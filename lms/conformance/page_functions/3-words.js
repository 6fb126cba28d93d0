// Every text that a page says: written, spoken by a screen reader, drawn, or put there by a style sheet.
(() => {
  const F = window.pageFunctions;
  const quotes = "blockquote, q, cite, code, pre, samp";
  F.pseudo = (node) => ["::before", "::after"].map((which) => F.style(node, which)).filter((style) => style.content && !["none", "normal"].includes(style.content) && style.display !== "none").map((style) => [...style.content.matchAll(/"((?:[^"\\]|\\.)*)"/g)].map((one) => one[1]).join("")).filter((text) => /[\p{L}\p{N}]/u.test(text));
  const written = () => F.roots().map((root) => (root.body ? root.body.innerText : [...root.children].map((node) => node.innerText ?? "").join("\n")));
  const attributes = ["aria-label", "aria-description", "aria-valuetext", "aria-roledescription", "alt", "title", "placeholder"];
  const beside = (outside) => {
    const said = F.all(attributes.map((name) => `[${name}]`).join(", ")).filter(outside).flatMap((node) => attributes.map((name) => node.getAttribute(name) || ""));
    const pressed = F.all("input[type=submit], input[type=button], input[type=reset]").filter(outside).map((node) => node.value);
    const styled = F.all("*").filter(outside).flatMap(F.pseudo);
    const pictured = F.all("svg title, svg desc, svg text").concat(F.every("svg title, svg desc")).filter(outside).map((node) => node.textContent);
    const drawn = F.roots().map((root) => root.defaultView?.pageFunctions?.observed).filter(Boolean).flatMap((one) => one.drawn.map((text) => text.text));
    return [document.title, ...said, ...pressed, ...styled, ...pictured, ...drawn];
  };
  // Boxes that wait to be opened, and are part of what the page says.
  const waiting = (outside) => F.every("dialog, [role=dialog], [role=alertdialog], [popover], [hidden], details > *").filter((node) => !F.shown(node) && outside(node) && !node.matches("script, style, template")).map((node) => (node.innerText ?? "").replace(/\s+/g, " "));
  // What the page says, and once more what it says in parts that name a language of their own.
  F.texts = (without, more) => {
    const whole = F.words(without, more), left = without === null ? "" : [without, quotes].filter(Boolean).join(", ");
    const language = (node) => (F.near(node, "[lang]")?.lang || "").split(/[-_]/)[0].toLowerCase();
    const parts = F.every("[lang]").filter((node) => node.parentElement && (!left || !F.near(node, left)) && (more || F.shown(node)));
    const named = attributes.map((name) => `[${name}]`).join(", ");
    const said = (node) => [node, ...node.querySelectorAll(named)].flatMap((one) => attributes.map((name) => one.getAttribute(name) || ""));
    return [[language(document.documentElement), whole], ...parts.map((node) => [language(node), [node.innerText ?? node.textContent, ...said(node)].map((one) => one.trim()).filter(Boolean).join("\n")])];
  };
  F.words = (without, more) => {
    const left = without === null ? "" : [without, quotes].filter(Boolean).join(", ");
    const hidden = left ? F.every(left).map((node) => [node, node.style.getPropertyValue("display"), node.style.getPropertyPriority("display")]) : [];
    const outside = (node) => !left || !F.near(node, left);
    hidden.forEach(([node]) => node.style.setProperty("display", "none", "important"));
    const text = [...written(), ...beside(outside), ...(more ? waiting(outside) : [])];
    hidden.forEach(([node, value, priority]) => node.style.setProperty("display", value, priority));
    return [...new Set(text.map((one) => one.trim()).filter(Boolean))].join("\n");
  };
  // The page line by line, to see which lines come by themselves.
  F.lines = () => {
    const leaves = F.all("*").filter((node) => F.own(node) && !node.matches("script, style, option, title")).map((node) => F.clean(node.children.length ? F.own(node) : node.innerText ?? node.textContent));
    const values = F.all("progress, meter, [aria-valuenow], input[readonly], output, input:disabled").map((node) => `${node.tagName.toLowerCase()} ${node.getAttribute("aria-valuenow") ?? node.value ?? ""}`);
    const drawn = F.roots().map((root) => root.defaultView?.pageFunctions?.observed).filter(Boolean).flatMap((one) => one.drawn.map((text) => text.text));
    const said = F.all("[aria-label], [aria-valuetext], [title], [role=timer]").flatMap((node) => ["aria-label", "aria-valuetext", "title"].map((name) => node.getAttribute(name) || ""));
    return [...leaves, ...values, ...drawn, ...said, ...F.all("*").flatMap(F.pseudo), document.title].filter(Boolean);
  };
})();
