// Everything works without this file. It opens Pause in place, leaves the site at once, shows a password, prints one private
// section, closes the menu and refreshes a job's progress. offline.js and autosave.js are loaded where they are needed.

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
