// Answers are saved a second after a change, when the page is left, and when the network comes back. Until the server has them,
// offline.js keeps them on the device. It is imported by the address that it has on the page, so that it is loaded once.

const all = (what, inside = document) => [...inside.querySelectorAll(what)];

const { ask, device, hold, JSON_ONLY, keyOf, own, settle, waitingFor } = await import(document.querySelector("script[src*='offline.js']").src);

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
    const key = keyOf(check, group);
    let timer, changed = false, sending = false, again = false, held = false;

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
    const item = waitingFor(key);
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
