// Large files: a form marked data-upload sends them itself, with a bar that shows how far they are, and a way to cancel.
// The answer is shown as if the browser had sent the form. A small file goes the browser's own way.

const SMALL = 1024 * 1024, STEP = 10;
const lang = document.documentElement.lang;
const [percent, number] = [new Intl.NumberFormat(lang, { style: "percent" }), new Intl.NumberFormat(lang, { maximumFractionDigits: 1 })];
const megabytes = (bytes) => number.format(bytes / SMALL);
const filled = (text, values) => text.replace(/\{(\w+)\}/g, (_all, name) => values[name] ?? "");
const sizeOf = (form) => [...form.querySelectorAll("input[type=file]")].flatMap(({ files }) => [...files]).reduce((sum, { size }) => sum + size, 0);
const leaving = (event) => event.preventDefault();

const show = (answer, address) => {
  if (address.split(/[?#]/)[0] !== location.href.split(/[?#]/)[0]) { location.assign(address); return true; }
  const page = new DOMParser().parseFromString(answer, "text/html");
  const main = page.querySelector("main");
  if (!main) return false;
  document.title = page.title;
  document.querySelector("main").replaceWith(document.importNode(main, true));
  scrollTo(0, 0);
  (document.querySelector("main .errs, main [role=alert]") ?? document.querySelector("main")).focus();
  begin();
  return true;
};

const send = (form, box) => {
  const words = JSON.parse(box.dataset.words);
  const [bar, line, aloud, stop] = ["progress", "[data-says]", "[data-spoken]", "[data-stop]"].map((part) => box.querySelector(part));
  const press = form.querySelector("button:not([type=button])");
  const size = sizeOf(form), most = Number(box.dataset.most);
  const say = (word, values = {}) => { line.textContent = aloud.textContent = filled(words[word], values); };
  const end = (word, values) => {
    removeEventListener("beforeunload", leaving);
    form.removeAttribute("aria-busy");
    bar.hidden = stop.parentElement.hidden = true;
    press.hidden = false;
    say(word, values);
    press.focus();
  };
  box.hidden = false;
  if (most && size > most) { end("large", { size: megabytes(size), most: megabytes(most) }); return; }
  const request = new XMLHttpRequest();
  let up = false, told = -STEP;
  const going = (sent, all) => {
    const share = all ? sent / all : 0;
    bar.value = share * 100;
    line.textContent = filled(words.going, { percent: percent.format(share), size: megabytes(size) });
    if (share * 100 < told + STEP) return;
    told = Math.floor(share * 100 / STEP) * STEP;
    aloud.textContent = line.textContent;
  };
  form.setAttribute("aria-busy", "true");
  addEventListener("beforeunload", leaving);
  bar.hidden = stop.parentElement.hidden = false;
  press.hidden = true;
  going(0, size);
  request.upload.addEventListener("progress", ({ loaded, total }) => going(loaded, total));
  // From here on the site works on the file, and nothing can be taken back by closing the line.
  request.upload.addEventListener("load", () => {
    up = true;
    stop.parentElement.hidden = true;
    say("checking");
  });
  request.addEventListener("load", () => {
    removeEventListener("beforeunload", leaving);
    if (!show(request.responseText, request.responseURL)) end(request.status === 413 ? "larger" : "refused");
  });
  request.addEventListener("error", () => end(up ? "unsure" : "lost"));
  request.addEventListener("abort", () => end("cancelled"));
  stop.onclick = () => request.abort();
  request.open("POST", form.action);
  request.send(new FormData(form));
  stop.focus();
};

const begin = () => {
  for (const form of document.querySelectorAll("form[data-upload]")) {
    form.addEventListener("submit", (event) => {
      if (sizeOf(form) < SMALL) return;
      event.preventDefault();
      if (form.getAttribute("aria-busy")) return;
      send(form, form.querySelector("[data-uploading]"));
    });
  }
};
begin();
