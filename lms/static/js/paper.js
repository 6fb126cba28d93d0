// Checks what the QR code of a certificate says: signed text behind the # of its address. Everything happens in the
// browser, so the name in it is sent to nobody. docs/certificates.md describes the format.
const KEY_MARK = 4, SIGNATURE = 64, DAY = 3, SHORTEST = 40, LONGEST = 2000;
// Certificates of before 30 November 2026 have the format in base 32.
const DECIMAL = 2, IN_BASE32 = 1, DAYS_TO_1970 = 719163;
const BASE32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
const FIELDS = ["code", "awarded_on", "valid_until", "version", "course", "name"];
const COMPARED = ["course", "version", "awarded_on", "valid_until"];

const fromHex = (text) => Uint8Array.from(text.match(/../g) ?? [], (pair) => parseInt(pair, 16));

// The lengths that eight characters for five bytes leave at the end. A text cut off elsewhere can't be read.
const isBase32 = (text) => /^[A-Z2-7]+$/i.test(text) && ![1, 3, 6].includes(text.length % 8);

const fromBase32 = (text) => {
  const bytes = [];
  let pending = 0, bits = 0;
  for (const character of text.toUpperCase()) {
    pending = (pending << 5) | BASE32.indexOf(character);
    bits += 5;
    if (bits >= 8) {
      bits -= 8;
      bytes.push(pending >> bits);
      pending &= (1 << bits) - 1;
    }
  }
  return Uint8Array.from(bytes);
};

const fromDecimal = (text) => {
  const hex = BigInt(text).toString(16);
  return fromHex(hex.padStart(hex.length + hex.length % 2, "0"));
};

const toBytes = (text) => /^\d+$/.test(text) ? fromDecimal(text) : isBase32(text) ? fromBase32(text) : null;

const verifySignature = async (key, signature, prefix, text) => {
  const publicKey = await crypto.subtle.importKey("raw", key, { name: "Ed25519" }, false, ["verify"]);
  const signed = new Uint8Array([...new TextEncoder().encode(prefix), ...text]);
  return crypto.subtle.verify({ name: "Ed25519" }, publicKey, signature, signed);
};

// A number of days that has 1 January of the year 1 as 1, as eight digits; 0 stands for none.
const readDay = (bytes) => {
  const number = bytes.reduce((sum, byte) => sum * 256 + byte, 0);
  return number ? new Date((number - DAYS_TO_1970) * 86400000).toISOString().slice(0, 10).replaceAll("-", "") : "";
};

const readLines = (format, text) => {
  const lines = (bytes) => new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes).split("\n");
  if (format === IN_BASE32) return lines(text);
  return [code, readDay(text.slice(0, DAY)), readDay(text.slice(DAY, 2 * DAY)), ...lines(text.slice(2 * DAY))];
};

const section = document.querySelector("[data-paper]");
const { code, known } = section.dataset;
const keys = section.dataset.keys.split(" ").filter(Boolean).map(fromHex);

// The fields of a QR code by name, or one word for what is the matter with it: a data-says of the page.
const readPayload = async (payload, keys) => {
  const content = payload.length <= LONGEST ? toBytes(payload) : null;
  const format = content?.[0], textStart = 1 + KEY_MARK + SIGNATURE;
  if (![DECIMAL, IN_BASE32].includes(format) || content.length <= textStart) return "unreadable";
  const key = keys.find((candidate) => candidate.slice(0, KEY_MARK).every((byte, at) => byte === content[1 + at]));
  if (!key) return "foreign";
  const prefix = format === DECIMAL ? "sidelight paper 2\n" + code + "\n" : "sidelight paper 1\n";
  const [signature, text] = [content.slice(1 + KEY_MARK, textStart), content.slice(textStart)];
  try {
    if (!await verifySignature(key, signature, prefix, text)) return "changed";
  } catch {
    return "unable";
  }
  const lines = readLines(format, text);
  if (lines.length !== FIELDS.length) return "unreadable";
  return Object.fromEntries(FIELDS.map((name, at) => [name, lines[at]]));
};

const showMessages = (names) => {
  for (const line of section.querySelectorAll("[data-says]")) line.hidden = !names.includes(line.dataset.says);
};

const formatField = (name, value) => {
  if (!/_on$|_until$/.test(name) || !/^\d{8}$/.test(value)) return value;
  const day = new Date(Date.UTC(value.slice(0, 4), value.slice(4, 6) - 1, value.slice(6)));
  const language = document.documentElement.lang === "en" ? "en-GB" : document.documentElement.lang;
  return new Intl.DateTimeFormat(language, { dateStyle: "long", timeZone: "UTC" }).format(day);
};

const showFields = (fields) => {
  section.querySelector("table").hidden = !fields;
  for (const cell of section.querySelectorAll("[data-shows]")) {
    const value = fields?.[cell.dataset.shows] ?? "";
    cell.textContent = formatField(cell.dataset.shows, value);
    cell.parentElement.hidden = !value;
  }
};

const compareWithRecords = (fields) => {
  if (fields.code !== code) return "another";
  if (known === undefined) return "nothing";
  return COMPARED.every((name) => fields[name] === section.dataset[name]) ? "agrees" : "differs";
};

// The first thing on the page is about the copy at hand: a forged certificate with a valid code must not look valid.
const FORGED = ["differs", "another", "foreign", "changed"], UNCHECKED = ["unreadable", "unable"];
const verdict = document.querySelector("[data-verdict]");
const original = { parts: [...(verdict?.childNodes ?? [])], title: document.title };

const showVerdict = (result) => {
  const kind = FORGED.includes(result) ? "forged" : UNCHECKED.includes(result) ? "unchecked" : null;
  const template = kind && document.querySelector(`template[data-paper-verdict="${kind}"]`);
  if (!verdict) return;
  verdict.replaceChildren(...(template ? template.content.cloneNode(true).childNodes : original.parts));
  document.title = original.title;
  const text = verdict.querySelector("[data-heading]");
  if (!text) return;
  const heading = document.createElement("h1");
  heading.textContent = text.textContent;
  text.replaceWith(heading);
  document.title = heading.textContent + original.title.slice(original.title.lastIndexOf(" – "));
};

// Other links of this page use the # too, so what was read from the QR code stays on show.
let payload = "";
const check = async () => {
  const fragment = location.hash.slice(1);
  // A short fragment that isn't a place on this page is what remains of a QR code that was cut off.
  if (fragment.length >= SHORTEST || (fragment && !document.getElementById(fragment))) payload = fragment;
  if (!payload) return;
  const read = crypto.subtle ? await readPayload(payload, keys) : "unable";
  const fields = typeof read === "string" ? null : read;
  const result = fields ? compareWithRecords(fields) : read;
  showFields(fields);
  showVerdict(result);
  showMessages([...(fields ? ["signed", result] : [read]), ...(navigator.onLine ? [] : ["offline"])]);
  section.hidden = false;
};

for (const event of ["hashchange", "online", "offline", "pageshow"]) addEventListener(event, check);
check();
