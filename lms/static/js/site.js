// Everything works without this file. It saves answers and courses on the device, opens Pause in place, leaves the site at once,
// shows a password, prints one private section and closes the menu.

const all = (what, inside = document) => [...inside.querySelectorAll(what)];

// An error summary is read first.
document.querySelector(".errs")?.focus();

// Print one private section and nothing else; nothing is sent or stored.
for (const button of all("[data-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => {
    const section = button.closest(".private");
    const root = document.documentElement;
    for (const area of all("textarea", section)) area.style.blockSize = `${area.scrollHeight + 4}px`;
    root.classList.add("printing-one");
    section.classList.add("printing");
    addEventListener("afterprint", () => {
      root.classList.remove("printing-one");
      section.classList.remove("printing");
    }, { once: true });
    print();
  });
}

// A pause opens on the page itself: the place and all that was written stay. Its ideas, and the person to talk to, come from the
// page of the pause as soon as somebody points at the link. Where they don't come in time, the pause opens without them.
const rest = document.querySelector("dialog.rest");
if (rest) {
  const PATIENCE = 1000;
  const [skip, main] = [".skip", "main"].map((what) => document.querySelector(what));
  let opener, place, filled, opening;
  const fill = async (address) => {
    const reply = await fetch(address);
    if (!reply.ok) throw new Error(address);
    const page = new DOMParser().parseFromString(await reply.text(), "text/html");
    // Nothing moves under somebody who is reading: what came too late waits for the next time.
    if (rest.open) throw new Error(address);
    for (const part of ["[data-ideas]", "[data-person]"]) {
      const found = page.querySelector(`main ${part}`);
      if (found) rest.querySelector(part).replaceWith(document.importNode(found, true));
    }
  };
  const prepare = ({ href }) => {
    filled ??= fill(href).catch(() => { filled = undefined; });
    return filled;
  };
  const back = () => {
    if (!rest.open) return;
    rest.close();
    skip.hidden = main.hidden = false;
    scrollTo(0, place);
    opener.focus({ preventScroll: true });
  };
  for (const link of all("[data-pause]")) {
    for (const sign of ["pointerenter", "focus"]) link.addEventListener(sign, () => prepare(link), { passive: true });
    link.addEventListener("click", async (event) => {
      if (event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
      event.preventDefault();
      if (rest.open || opening) return;
      opening = true;
      dispatchEvent(new Event("pausing"));
      await Promise.race([prepare(link), new Promise((enough) => { setTimeout(enough, PATIENCE); })]);
      opening = false;
      [opener, place] = [link, scrollY];
      skip.hidden = main.hidden = true;
      rest.show();
      scrollTo(0, 0);
      rest.querySelector("h2").focus({ preventScroll: true });
    });
  }
  rest.querySelector("button").addEventListener("click", back);
  addEventListener("keydown", (event) => { if (event.key === "Escape") back(); });
}

// Leaving blanks the page before anything is loaded. Three presses of Shift alone do the same, five seconds apart at most.
const exit = document.querySelector("[data-leave]");
if (exit) {
  const title = document.title;
  let alone = false, presses = 0, last = 0;
  const go = () => {
    document.body.hidden = true;
    document.title = "\u00a0";
    location.replace(exit.href);
  };
  for (const link of all("[data-leave]")) link.addEventListener("click", (event) => { event.preventDefault(); go(); });
  addEventListener("keydown", (event) => {
    if (event.key !== "Shift") { alone = false; presses = 0; } else if (!event.repeat) alone = true;
  });
  addEventListener("pointerdown", () => { alone = false; });
  addEventListener("keyup", (event) => {
    if (event.key !== "Shift" || !alone) return;
    presses = event.timeStamp - last > 5000 ? 1 : presses + 1;
    last = event.timeStamp;
    alone = false;
    if (presses > 2) go();
  });
  // The browser may show this page again as it was left.
  addEventListener("pageshow", () => {
    document.body.hidden = false;
    document.title = title;
    presses = 0;
  });
}

// Show a password, until the form is sent.
for (const button of all("[data-show]")) {
  const field = document.getElementById(button.dataset.show);
  const show = (yes) => {
    field.type = yes ? "text" : "password";
    button.setAttribute("aria-pressed", yes);
  };
  button.hidden = false;
  button.addEventListener("click", () => show(field.type === "password"));
  field.form.addEventListener("submit", () => show(false));
}

// The menu closes on Escape and on a click beside it.
const menu = document.querySelector("details.menu");
menu?.addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || !menu.open) return;
  menu.open = false;
  menu.querySelector("summary").focus();
});
document.addEventListener("click", (event) => {
  if (menu?.open && !menu.contains(event.target)) menu.open = false;
});

// What is stored on somebody's own device: courses to read offline, and answers until the server has them. On a shared device
// nothing is stored, and what somebody else stored is deleted, as it is when they sign out.
const KEPT = "kept", WAITING = "waiting", MARK = "mark";
const { device, own } = document.body.dataset;
const JSON_ONLY = { Accept: "application/json" };

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

const ask = async (address) => (await fetch(address, { headers: JSON_ONLY, cache: "no-store" })).json();

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
const hold = (key, item) => own === undefined || remember(WAITING, { ...recall(WAITING), [key]: item });
const settle = (key, revision) => {
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

const onThisPage = new Set();
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

// Refresh the progress of a job in place; once the job has ended, load the whole page again.
for (const link of all("[data-look]")) link.addEventListener("click", async (event) => {
  if (event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
  event.preventDefault();
  const here = document.querySelector("[data-state]");
  try {
    const page = new DOMParser().parseFromString(await (await fetch(link.href, { cache: "no-store" })).text(), "text/html");
    const there = page.querySelector("[data-state]");
    if (there?.dataset.state !== here.dataset.state) throw new Error();
    here.querySelector("[role=status]").textContent = there.querySelector("[role=status]").textContent;
    here.querySelector("progress").value = there.querySelector("progress").value;
  } catch {
    location.href = link.href;
  }
});

// Answers are saved a second after a change, when the page is left, and when the network comes back.
for (const check of all("[data-autosave]")) {
  const form = check.closest("form");
  const says = form.querySelector("[data-says]");
  const tell = (word) => {
    says.textContent = says.dataset[word];
    says.classList.toggle("not", word !== "saved");
  };
  form.addEventListener("submit", (event) => {
    if (navigator.onLine) return;
    event.preventDefault();
    tell("offline");
  });
  const questions = all("[data-question]", check).map((group) => {
    const revision = group.querySelector("input[type=hidden]");
    const key = `${check.dataset.autosave} ${group.dataset.question}`;
    let timer, changed = false, sending = false, again = false, held = false;
    onThisPage.add(key);

    const answer = () => {
      const data = new FormData();
      for (const control of group.elements) {
        const off = /radio|checkbox/.test(control.type) && !control.checked;
        if (control.name && control !== revision && !off) data.append(control.name, control.value);
      }
      data.set("question", group.dataset.question);
      data.set("revision", Number(group.dataset.revision) + 1);
      data.set("form_token", form.elements.form_token.value);
      return data;
    };

    const save = async (leaving = false) => {
      clearTimeout(timer);
      if (!changed) return;
      if (sending && !leaving) { again = true; return; }
      changed = false;
      sending = true;
      let instead = own === undefined ? "waiting" : held ? "held" : "full";
      const send = () => fetch(check.dataset.autosave, {
        method: "POST", body: answer(), credentials: "same-origin", keepalive: leaving, headers: JSON_ONLY,
      });
      try {
        let reply = await send();
        // Somebody who has signed in again since has another token.
        if (/40[01]/.test(reply.status)) {
          const { token } = await ask(device);
          if (token) for (const field of all("input[name=form_token]")) field.value = token;
          else instead = "sign";
          if (token) reply = await send();
        }
        const kept = await reply.json();
        if (Number.isInteger(kept.revision)) {
          group.dataset.revision = revision.value = kept.revision;
          settle(key, kept.revision);
        }
        if (kept.newer) instead = "newer";
        if (!kept.saved) throw new Error();
        tell("saved");
        const count = document.querySelector("[data-count]");
        if (count) count.textContent = kept.count;
      } catch {
        // An answer from another tab wins until something is chosen here again.
        changed = instead !== "newer";
        tell(instead);
      }
      sending = false;
      if (again) { again = false; later(); }
    };

    const later = () => {
      const fields = [...answer()].filter(([name]) => name !== "form_token");
      held = hold(key, { url: check.dataset.autosave, fields, revision: Number(group.dataset.revision) + 1 });
      changed = true;
      clearTimeout(timer);
      timer = setTimeout(save, 1000);
    };
    group.addEventListener("change", later);
    form.addEventListener("submit", (event) => {
      if (event.defaultPrevented) return;
      clearTimeout(timer);
      changed = again = false;
      if (sending) revision.value = Number(group.dataset.revision) + 1;
    });
    // Put back an answer that waited from an earlier visit, unless the server has a newer one.
    const item = own === undefined ? null : recall(WAITING)?.[key];
    if (item?.revision > Number(group.dataset.revision)) {
      for (const control of group.elements) {
        const values = item.fields.filter(([name]) => name === control.name).map(([, value]) => value);
        if (/radio|checkbox/.test(control.type)) control.checked = values.includes(control.value);
        else if (control !== revision && control.name) control.value = values[0] ?? "";
      }
      held = changed = true;
      save();
    } else if (item) settle(key, item.revision);
    return save;
  });
  const flush = (leaving) => questions.forEach((save) => save(leaving));
  for (const moment of ["online", "pausing"]) addEventListener(moment, () => flush(false));
  document.addEventListener("visibilitychange", () => flush(document.hidden));
}

tidy();
