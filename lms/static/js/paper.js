// Checks the words that a paper carries behind the # of its address, in the browser: nothing is asked of the network, and
// the name on the paper is sent to nobody. How they are sealed is told in lms/certification/squares.py.
const MARK = 4, SIGNATURE = 64, FORMAT = 1, SHORTEST = 40, LONGEST = 2000;
const ABOUT = new TextEncoder().encode("sidelight paper 1\n");
const LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
const NAMES = ["code", "awarded_on", "valid_until", "version", "course", "name"];
const TOLD = ["course", "version", "awarded_on", "valid_until"];

const fromHex = (text) => Uint8Array.from(text.match(/../g) ?? [], (pair) => parseInt(pair, 16));

const fromBase32 = (text) => {
  const bytes = [];
  let held = 0, bits = 0;
  for (const letter of text.toUpperCase()) {
    const value = LETTERS.indexOf(letter);
    if (value < 0) return null;
    held = (held << 5) | value;
    bits += 5;
    if (bits >= 8) {
      bits -= 8;
      bytes.push(held >> bits);
      held &= (1 << bits) - 1;
    }
  }
  return Uint8Array.from(bytes);
};

const fits = async (key, signature, words) => {
  const known = await crypto.subtle.importKey("raw", key, { name: "Ed25519" }, false, ["verify"]);
  const signed = new Uint8Array([...ABOUT, ...words]);
  return crypto.subtle.verify({ name: "Ed25519" }, known, signature, signed);
};

// The words of a paper by their names, or one word for what is amiss.
const unseal = async (text, keys) => {
  const content = text.length <= LONGEST ? fromBase32(text) : null;
  if (content?.[0] !== FORMAT || content.length <= 1 + MARK + SIGNATURE) return "unreadable";
  const key = keys.find((one) => one.slice(0, MARK).every((byte, at) => byte === content[1 + at]));
  if (!key) return "foreign";
  const [signature, words] = [content.slice(1 + MARK, 1 + MARK + SIGNATURE), content.slice(1 + MARK + SIGNATURE)];
  try {
    if (!await fits(key, signature, words)) return "changed";
  } catch {
    return "unable";
  }
  const lines = new TextDecoder().decode(words).split("\n");
  return lines.length === NAMES.length ? Object.fromEntries(NAMES.map((name, at) => [name, lines[at]])) : "unreadable";
};

const section = document.querySelector("[data-paper]");
const { code, known } = section.dataset;
const keys = section.dataset.keys.split(" ").filter(Boolean).map(fromHex);

const say = (words) => {
  for (const line of section.querySelectorAll("[data-says]")) line.hidden = !words.includes(line.dataset.says);
};

const inWords = (name, value) => {
  if (!/_on$|_until$/.test(name) || !/^\d{8}$/.test(value)) return value;
  const day = new Date(Date.UTC(value.slice(0, 4), value.slice(4, 6) - 1, value.slice(6)));
  const language = document.documentElement.lang === "en" ? "en-GB" : document.documentElement.lang;
  return new Intl.DateTimeFormat(language, { dateStyle: "long", timeZone: "UTC" }).format(day);
};

const show = (paper) => {
  section.querySelector("table").hidden = !paper;
  for (const cell of section.querySelectorAll("[data-shows]")) {
    const value = paper?.[cell.dataset.shows] ?? "";
    cell.textContent = inWords(cell.dataset.shows, value);
    cell.parentElement.hidden = !value;
  }
};

const compared = (paper) => {
  if (paper.code !== code) return "another";
  if (known === undefined) return "nothing";
  return TOLD.every((name) => paper[name] === section.dataset[name]) ? "agrees" : "differs";
};

// The first thing on the page is about the paper in hand: a valid code on a forged paper must not look like a valid paper.
const FORGED = ["differs", "another", "foreign", "changed"], UNCHECKED = ["unreadable", "unable"];
const verdict = document.querySelector("[data-verdict]");
const ofCode = { parts: [...(verdict?.childNodes ?? [])], title: document.title };

const head = (word) => {
  const kind = FORGED.includes(word) ? "forged" : UNCHECKED.includes(word) ? "unchecked" : null;
  const other = kind && document.querySelector(`template[data-paper-verdict="${kind}"]`);
  if (!verdict) return;
  verdict.replaceChildren(...(other ? other.content.cloneNode(true).childNodes : ofCode.parts));
  document.title = ofCode.title;
  const words = verdict.querySelector("[data-heading]");
  if (!words) return;
  const heading = document.createElement("h1");
  heading.textContent = words.textContent;
  words.replaceWith(heading);
  document.title = heading.textContent + ofCode.title.slice(ofCode.title.lastIndexOf(" – "));
};

// Other links of this page lead behind the # too; what was seen of a paper stays.
let seen = "";
const look = async () => {
  const text = location.hash.slice(1);
  // A short one that leads to no place of this page is a paper's words, cut off.
  if (text.length >= SHORTEST || (text && !document.getElementById(text))) seen = text;
  if (!seen) return;
  const found = crypto.subtle ? await unseal(seen, keys) : "unable";
  const paper = typeof found === "string" ? null : found;
  const word = paper ? compared(paper) : found;
  show(paper);
  head(word);
  say([...(paper ? ["signed", word] : [found]), ...(navigator.onLine ? [] : ["offline"])]);
  section.hidden = false;
};

for (const event of ["hashchange", "online", "offline", "pageshow"]) addEventListener(event, look);
look();
