// What is stored on somebody's own device: courses to read offline, and answers until the server has them. On a shared device
// nothing is stored, and what somebody else stored is deleted, as it is when they sign out. Loaded when somebody is signed in,
// on the offline page and when an account was deleted.

const all = (what, inside = document) => [...inside.querySelectorAll(what)];

const KEPT = "kept", WAITING = "waiting", MARK = "mark";
export const { device, own } = document.body.dataset;
export const JSON_ONLY = { Accept: "application/json" };

const recall = (key) => {
  try { return JSON.parse(localStorage.getItem(key)); } catch { return null; }
};

const remember = (key, value) => {
  try {
    if (value && Object.keys(value).length) localStorage.setItem(key, JSON.stringify(value));
    else localStorage.removeItem(key);
    return true;
  } catch {
    return false;
  }
};

export const ask = async (address) => (await fetch(address, { headers: JSON_ONLY, cache: "no-store" })).json();

const forgetPages = async () => {
  remember(KEPT);
  if (!("serviceWorker" in navigator)) return;
  for (const name of await caches.keys()) await caches.delete(name);
  for (const worker of await navigator.serviceWorker.getRegistrations()) await worker.unregister();
};

const forgetAll = () => {
  remember(WAITING);
  remember(MARK);
  return forgetPages();
};

// An answer waits under its address and question, until the server is known to have one at least as new.
export const hold = (key, item) => own === undefined || remember(WAITING, { ...recall(WAITING), [key]: item });
export const waitingFor = (key) => own === undefined ? null : recall(WAITING)?.[key];
export const settle = (key, revision) => {
  const waiting = recall(WAITING);
  if (!waiting?.[key] || waiting[key].revision > revision) return;
  delete waiting[key];
  remember(WAITING, waiting);
};

const sendWaiting = async (except = () => false) => {
  const about = await ask(device);
  if (!about.signed_in) return;
  const mark = recall(MARK);
  if (!about.own || (mark && mark !== about.mark)) { await forgetAll(); return; }
  remember(MARK, about.mark);
  for (const [key, { url, fields, revision }] of Object.entries(recall(WAITING) ?? {})) {
    if (except(key)) continue;
    const data = new FormData();
    for (const [name, value] of fields) data.append(name, value);
    data.set("form_token", about.token);
    const reply = await fetch(url, { method: "POST", body: data, headers: JSON_ONLY });
    // 404: whoever is signed in has no such check, so the answer was another person's.
    if (reply.ok || reply.status === 404) settle(key, revision);
  }
  if (recall(KEPT)) await keepPages(`${about.mark} shell`, about.shell, true);
  else if (!recall(WAITING)) remember(MARK);
};

const keepPages = async (name, addresses, alone = false) => {
  const cache = await caches.open(name);
  const known = (await cache.keys()).map(({ url }) => url);
  const wanted = addresses.map((address) => new URL(address, location).href);
  if (alone) for (const url of known) if (!wanted.includes(url)) await cache.delete(url);
  for (const url of wanted) {
    if (alone && known.includes(url)) continue;
    const reply = await fetch(url);
    if (!reply.ok || reply.redirected) throw new Error(url);
    if (/html/.test(reply.headers.get("Content-Type"))) {
      const page = new DOMParser().parseFromString(await reply.clone().text(), "text/html");
      for (const picture of all("main img[src]", page)) wanted.push(new URL(picture.getAttribute("src"), url).href);
    }
    await cache.put(url, reply);
  }
};

// Answers to the questions on this page are autosave.js's to send.
export const keyOf = (check, group) => `${check.dataset.autosave} ${group.dataset.question}`;
const onThisPage = new Set(all("[data-autosave]").flatMap((check) => all("[data-question]", check).map((group) => keyOf(check, group))));
const tidy = async () => {
  if (!device || !(recall(KEPT) || recall(WAITING))) return;
  if (own === undefined) await forgetAll();
  else await sendWaiting((key) => onThisPage.has(key)).catch(() => {});
};
addEventListener("online", tidy);
document.addEventListener("visibilitychange", () => { if (!document.hidden) tidy(); });

for (const form of all("form[action$='/sign-out']")) form.addEventListener("submit", (event) => {
  if (!(recall(KEPT) || recall(WAITING) || recall(MARK))) return;
  event.preventDefault();
  const most = new Promise((enough) => setTimeout(enough, 3000));
  Promise.race([tidy().then(forgetAll, forgetAll), most]).then(forgetAll).finally(() => form.submit());
});
if (location.pathname.endsWith("/account-deleted")) forgetAll();

// Save a course on the device, or remove it: one button on the course's page.
const keeper = document.querySelector("[data-keep]");
if (keeper && own !== undefined && "serviceWorker" in navigator) {
  const [button, says] = [keeper.querySelector("button"), keeper.querySelector("[role=status]")];
  const { keep: address, ...words } = keeper.dataset;
  const show = (told = "") => {
    button.textContent = recall(KEPT)?.[address] ? words.forget : words.begin;
    says.textContent = told;
    button.removeAttribute("aria-disabled");
  };
  const begin = async () => {
    const about = await ask(address);
    if (!about.own) throw new Error();
    try {
      await keepPages(`${about.mark} shell`, about.shell, true);
      await keepPages(`${about.mark} ${address}`, about.pages);
      if (!remember(MARK, about.mark)) throw new DOMException("", "QuotaExceededError");
      await navigator.serviceWorker.register(about.worker);
      remember(KEPT, { ...recall(KEPT), [address]: { title: about.title, url: about.pages[0] } });
    } catch (reason) {
      await caches.delete(`${about.mark} ${address}`);
      // Where no course is saved, remove what this attempt left behind too.
      if (!recall(KEPT)) {
        await forgetPages();
        if (!recall(WAITING)) remember(MARK);
      }
      throw reason;
    }
  };
  const end = async () => {
    const { [address]: _gone, ...others } = recall(KEPT);
    if (!Object.keys(others).length) {
      if (!recall(WAITING)) remember(MARK);
      await forgetPages();
      return;
    }
    remember(KEPT, others);
    await caches.delete(`${recall(MARK)} ${address}`);
  };
  show();
  keeper.hidden = false;
  button.addEventListener("click", async () => {
    if (button.hasAttribute("aria-disabled")) return;
    const kept = recall(KEPT)?.[address];
    button.setAttribute("aria-disabled", "true");
    if (!kept) says.textContent = words.busy;
    try {
      await (kept ? end() : begin());
      show(kept ? words.forgotten : words.kept);
    } catch (reason) {
      show(reason.name === "QuotaExceededError" ? words.full : words.broken);
    }
  });
}

// The offline page lists the courses that are saved on the device.
const shelf = document.querySelector("[data-shelf]");
if (shelf) {
  for (const { title, url } of Object.values(recall(KEPT) ?? {})) {
    const link = Object.assign(document.createElement("a"), { href: url, textContent: title });
    shelf.querySelector("ul").appendChild(document.createElement("li")).append(link);
    shelf.hidden = false;
  }
  const again = document.querySelector("[data-again]");
  again.hidden = false;
  again.addEventListener("click", () => location.reload());
}

tidy();
