// Everything works without this file. It keeps answers, shows a password, prints one private section and closes the menu.

const all = (what, inside = document) => [...inside.querySelectorAll(what)];

// An error summary is read first.
document.querySelector(".errs")?.focus();

// Print one private section and nothing else; nothing is sent or kept.
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

// Answers are kept a second after a change, when the page is left, and when the network comes back.
for (const check of all("[data-autosave]")) {
  const form = check.closest("form");
  const says = form.querySelector("[data-says]");
  const tell = (kept) => {
    says.textContent = kept ? says.dataset.saved : says.dataset.waiting;
    says.classList.toggle("not", !kept);
  };
  const questions = all("[data-question]", check).map((group) => {
    const revision = group.querySelector("input[type=hidden]");
    let timer, changed = false, sending = false, again = false;

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
      try {
        const reply = await fetch(check.dataset.autosave, {
          method: "POST", body: answer(), credentials: "same-origin", keepalive: leaving,
          headers: { Accept: "application/json" },
        });
        const kept = await reply.json();
        if (Number.isInteger(kept.revision)) group.dataset.revision = revision.value = kept.revision;
        if (!kept.saved) throw new Error();
        tell(true);
      } catch {
        changed = true;
        tell(false);
      }
      sending = false;
      if (again) { again = false; later(); }
    };

    const later = () => {
      changed = true;
      clearTimeout(timer);
      timer = setTimeout(save, 1000);
    };
    group.addEventListener("change", later);
    form.addEventListener("submit", () => {
      clearTimeout(timer);
      changed = again = false;
      if (sending) revision.value = Number(group.dataset.revision) + 1;
    });
    return save;
  });
  const flush = (leaving) => questions.forEach((save) => save(leaving));
  addEventListener("online", () => flush(false));
  document.addEventListener("visibilitychange", () => { if (document.hidden) flush(true); });
}
