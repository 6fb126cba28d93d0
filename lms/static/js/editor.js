// A file of a draft: CodeMirror over the textarea, saving after each pause, the problems, the preview and what can be inserted.
// Without this file the page saves by its button. offline.js is imported by the address that it has on the page.

const { ask, device, hold, JSON_ONLY, keyOf, own, settle, waitingFor } = await import(document.querySelector("script[src*='offline.js']").src);

// In ms: after the last key, until the text is checked and saved; and until what lasts is said aloud.
const PAUSE = 200, SAVE = 1000, SPEAK = 1500;
const form = document.querySelector("form[data-editor]");
const page = form.dataset;
const words = JSON.parse(page.words);
const [area, group] = [form.elements.text, form.querySelector("[data-question]")];
const revision = form.elements.revision;
const key = keyOf(form, group);
const [{ openText, sentence }, cm] = await Promise.all([import(page.textScript), import(page.codemirror)]);
const filled = (text, values) => text.replace(/\{(\w+)\}/g, (_all, name) => values[name] ?? "");
const element = (what, inside = document) => inside.querySelector(what);

// --- What is said ----------------------------------------------------------------------------------------------------

const says = element("[data-says]"), quietly = element("[data-spoken]"), conflict = element("[data-conflict]");
let speaking;
// The line shows each step; aloud, only what lasts longer than a moment is said, and "Saved" only after it wasn't.
const tell = (word, values = {}) => {
  const before = says.dataset.word;
  says.textContent = filled(words[word], values);
  says.dataset.word = word;
  clearTimeout(speaking);
  if (word === "saving" || (word === "saved" && (before === "saving" || before === "saved") && !says.dataset.worried)) return;
  says.dataset.worried = word === "saved" ? "" : "yes";
  speaking = setTimeout(() => { quietly.textContent = says.textContent; }, SPEAK);
};

// --- Problems: in the text and in the list below ----------------------------------------------------------------------

const list = element("[data-problems]"), elsewhere = element("[data-elsewhere]");
const model = element("template", list).content;
const sign = (severity) => document.importNode(element(`[data-signs] .${severity}`, model), true);
let shown = "";
const row = (problem) => {
  const item = document.importNode(element("li", model), true);
  const link = element("a", item), severity = element("[data-severity]", item);
  severity.firstElementChild.replaceWith(sign(problem.severity));
  severity.lastElementChild.textContent = words[problem.severity];
  for (const part of ["code", "message", "fix"]) element(`[data-${part}]`, item).textContent = problem[part];
  link.textContent = filled(words.line, problem);
  link.href = problem.url;
  element("[data-help]", item).href = problem.help;
  link.addEventListener("click", (event) => { event.preventDefault(); text.go(problem); });
  return item;
};
const fileWith = ({ path, url, words: many }) => {
  const item = document.createElement("li");
  item.append(Object.assign(document.createElement("a"), { className: "tap", href: url, textContent: path }), " ");
  item.append(Object.assign(document.createElement("span"), { className: "count", textContent: many }));
  return item;
};
const showProblems = ({ problems, here }) => {
  const mine = problems.filter(({ path }) => path === page.path);
  const asked = JSON.stringify([mine, here]);
  if (asked === shown) return;
  shown = asked;
  text.put(mine);
  element("[data-summary]", list).textContent = here.summary;
  element("ol", list).replaceChildren(...mine.slice(0, here.listed).map(row));
  const more = element("[data-more]", list);
  [more.textContent, more.hidden] = [here.more, !here.more];
  elsewhere.hidden = !here.elsewhere.length;
  element("ul", elsewhere).replaceChildren(...here.elsewhere.map(fileWith));
};
// The text is checked as it is typed, also while it can't be saved. An answer that a later one overtook isn't shown.
let checking = 0, unchecked = false;
const check = async () => {
  const turn = ++checking;
  const data = new FormData();
  data.set("path", page.path);
  data.set("text", area.value);
  data.set("form_token", form.elements.form_token.value);
  const reply = await fetch(page.check, { method: "POST", body: data, headers: JSON_ONLY }).catch(() => null);
  unchecked = !reply?.ok;
  if (unchecked) return;
  const found = await reply.json();
  if (turn === checking) showProblems(found);
};

// --- Saving ----------------------------------------------------------------------------------------------------------

let timer, pause, changed = false, sending = false, again = false, held = false, stopped = false;

const send = (leaving) => {
  const data = new FormData();
  data.set("text", area.value);
  data.set("revision", revision.value);
  data.set("form_token", form.elements.form_token.value);
  return fetch(page.autosave, {
    method: "POST", body: data, credentials: "same-origin", headers: JSON_ONLY,
    // A browser sends no more than 64 kB after a page is gone; the rest waits on this device.
    keepalive: leaving && area.value.length < 20_000,
  });
};

// What stands beside the text follows it: the heading, the names in the outline, and the problems of all files.
const outline = element("nav.outline");
let outlined = "";
const follow = ({ heading, crumb, title, outline: html }) => {
  element(".editor-top h1").textContent = heading;
  element(".editor-top a").textContent = crumb;
  document.title = `${title} – Sidelight`;
  if (html === outlined) return;
  outlined = html;
  const at = outline.contains(document.activeElement) ? document.activeElement.getAttribute("href") : "";
  outline.replaceChildren(...new DOMParser().parseFromString(html, "text/html").body.childNodes);
  if (at) element(`a[href="${CSS.escape(at)}"]`, outline)?.focus();
};

const refreshToken = async () => {
  const { token } = await ask(device);
  if (token) for (const field of document.querySelectorAll("input[name=form_token]")) field.value = token;
  return Boolean(token);
};

const save = async (leaving = false) => {
  clearTimeout(timer);
  if (!changed || stopped) return;
  if (sending) { again = true; return; }
  [changed, sending] = [false, true];
  tell("saving");
  let instead = own === undefined ? "waiting" : held ? "held" : "full";
  try {
    let reply = await send(leaving);
    // Somebody who has signed in again since has another token.
    if (reply.status === 400 || reply.status === 401) {
      if (await refreshToken()) reply = await send(leaving);
      else instead = "sign";
    }
    const answer = await reply.json();
    if (reply.status === 409) [instead, stopped, conflict.hidden] = ["newer", true, false];
    if (reply.status === 422) instead = "refused";
    if (!answer.saved) throw new Error(answer.message);
    revision.value = answer.revision;
    if (!changed) settle(key, Infinity);
    tell("saved", { time: answer.time });
    follow(answer);
    preview();
    // The line was down, or the session had ended, when this text was to be checked.
    if (unchecked) check();
  } catch ({ message }) {
    changed = true;
    tell(instead, { message });
  }
  sending = false;
  if (again) { again = false; save(); }
};

const later = () => {
  clearTimeout(pause);
  pause = setTimeout(check, PAUSE);
  changed = true;
  held = hold(key, { url: page.autosave, fields: [["text", area.value], ["revision", revision.value]], revision: Number(revision.value) + 1 });
  clearTimeout(timer);
  if (!stopped) timer = setTimeout(save, SAVE);
};

// --- The preview beside the text --------------------------------------------------------------------------------------

const pane = element("[data-preview]"), frame = pane && element("iframe", pane);
const wide = matchMedia("(min-width:75rem)");
let loading = false, stale = false;
// The new page takes over the place that was being read; what is saved while it loads is shown after it.
const preview = () => {
  if (!frame || !wide.matches) return;
  if (loading) { stale = true; return; }
  const top = frame.contentWindow.scrollY;
  loading = true;
  frame.addEventListener("load", () => {
    loading = false;
    frame.contentWindow.scrollTo(0, top);
    if (!stale) return;
    stale = false;
    preview();
  }, { once: true });
  frame.contentWindow.location.replace(frame.dataset.src);
};
if (frame) {
  for (const tab of pane.querySelectorAll("a[data-src]")) tab.addEventListener("click", (event) => {
    if (!wide.matches || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    for (const other of pane.querySelectorAll("a[data-src]")) other.removeAttribute("aria-current");
    tab.setAttribute("aria-current", "true");
    pane.dataset.as = tab.dataset.as;
    frame.dataset.src = tab.dataset.src;
    preview();
  });
  wide.addEventListener("change", preview);
}

// --- What can be inserted: its form opens over the page, and the server writes the Markdown ----------------------------

const dialog = element("dialog[data-insert]");
const insert = async (asked) => {
  const data = new FormData(asked);
  const { state } = text.view;
  const { head } = state.selection.main;
  data.set("text", area.value);
  data.set("line", state.doc.lineAt(head).number);
  const send = () => fetch(asked.action, { method: "POST", body: data, headers: JSON_ONLY });
  let reply = await send();
  if ((reply.status === 400 || reply.status === 401) && await refreshToken()) {
    data.set("form_token", form.elements.form_token.value);
    reply = await send();
  }
  if (!reply.ok) return fillDialog(await reply.text());
  const { first, last, lines, inline } = await reply.json();
  const before = (line) => line > state.doc.lines ? state.doc.length : state.doc.line(line).from;
  const change = inline
    ? { from: head, insert: inline }
    : { from: before(first), to: before(last), insert: lines };
  dialog.close();
  text.view.dispatch({ changes: change, selection: { anchor: change.from + change.insert.length }, scrollIntoView: true, userEvent: "input" });
  text.view.focus();
};
const fillDialog = (html) => {
  const found = new DOMParser().parseFromString(html, "text/html");
  const [title, asked] = [element("h1", found), element("form[data-snippet]", found)];
  const heading = Object.assign(document.createElement("h2"), { textContent: title.textContent, id: "insert-title", tabIndex: -1 });
  const into = element("[data-inside]", dialog);
  into.replaceChildren(heading, ...[element(".errs", found)].filter(Boolean), asked);
  element("[data-where]", asked)?.remove();
  asked.addEventListener("submit", (event) => { event.preventDefault(); insert(asked); });
  element("[data-cancel]", asked).addEventListener("click", (event) => { event.preventDefault(); dialog.close(); });
  if (!dialog.open) dialog.showModal();
  (element(".errs", into) ?? heading).focus({ preventScroll: true });
  dialog.scrollTop = 0;
};
for (const button of document.querySelectorAll("button[data-insert]")) button.addEventListener("click", async (event) => {
  event.preventDefault();
  const reply = await fetch(button.dataset.insert).catch(() => null);
  if (reply?.ok && !reply.redirected) fillDialog(await reply.text());
  else tell(reply ? "sign" : "waiting");
});

// --- Begin -----------------------------------------------------------------------------------------------------------

const spot = element("[data-here]");
const text = openText(cm, area, {
  nonce: page.nonce, words, sign,
  heard: {
    changed: later, save: () => save(),
    told: (found) => { spot.textContent = found.map((problem) => sentence(problem, words)).join(" "); },
  },
});
form.closest(".editor").classList.add("alive");
for (const part of document.querySelectorAll("[data-with-script]")) part.hidden = false;
element("[data-tab-indents]").addEventListener("change", ({ target }) => text.tabIndents(target.checked));
form.addEventListener("submit", (event) => {
  // Only the button “Save” saves in place; anything else that is sent takes the text along.
  clearTimeout(timer);
  if (stopped || event.submitter?.hasAttribute("formaction") || event.submitter?.name) { changed = false; return; }
  event.preventDefault();
  changed = true;
  save();
});
// Whatever else is sent from this page works on the text as it is saved.
for (const other of document.querySelectorAll(".editor form:not([data-editor])")) other.addEventListener("submit", async (event) => {
  if (!changed || event.defaultPrevented) return;
  event.preventDefault();
  await save();
  if (!changed) other.submit();
});
// Put back a text that waited from an earlier visit, unless somebody saved a newer one since.
const item = waitingFor(key);
const waited = item && new Map(item.fields);
if (waited && waited.get("text") !== area.value) {
  if (waited.get("revision") !== revision.value) revision.value = waited.get("revision");
  text.replace(waited.get("text"));
} else if (item) settle(key, Infinity);
check();
const [, line] = /^#line-(\d+)$/.exec(location.hash) ?? [];
if (line) text.go({ line: Number(line), column: 1 });
// Where nothing may wait on the device, the browser asks before it lets go of what isn't saved.
addEventListener("beforeunload", (event) => { if (changed && !(held && own !== undefined)) event.preventDefault(); });
addEventListener("online", () => save());
addEventListener("pausing", () => save());
document.addEventListener("visibilitychange", () => save(document.hidden));
preview();
