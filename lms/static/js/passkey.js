// Passkeys: asks the browser to make or use one, and sends its answer with the form that the page already has.

const toBytes = (text) => {
  const plain = atob(text.replace(/-/g, "+").replace(/_/g, "/"));
  return Uint8Array.from(plain, (sign) => sign.charCodeAt(0));
};

const toText = (bytes) =>
  btoa(String.fromCharCode(...new Uint8Array(bytes))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");

const listed = (found) => (found ?? []).map((one) => ({ ...one, id: toBytes(one.id) }));

const toMake = (options) => navigator.credentials.create({
  publicKey: {
    ...options,
    challenge: toBytes(options.challenge),
    user: { ...options.user, id: toBytes(options.user.id) },
    excludeCredentials: listed(options.excludeCredentials),
  },
});

const toUse = (options) => navigator.credentials.get({
  publicKey: { ...options, challenge: toBytes(options.challenge) },
});

// What a browser answers, in the JSON form of WebAuthn.
const asJson = ({ id, rawId, type, response }) => {
  const parts = {};
  for (const name of ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"]) {
    if (response[name]) parts[name] = toText(response[name]);
  }
  return JSON.stringify({ id, rawId: toText(rawId), type, response: parts });
};

const ask = async (form) => {
  if (form.dataset.passkey === "make") {
    return [await toMake(JSON.parse(form.dataset.options)), form.elements.passkey_challenge.value];
  }
  const reply = await fetch(form.dataset.options, { headers: { Accept: "application/json" } });
  const { publicKey, challenge } = await reply.json();
  return [await toUse(publicKey), challenge];
};

const send = async (event) => {
  event.preventDefault();
  const form = event.currentTarget;
  const said = form.querySelector("[data-passkey-said]");
  said.textContent = "";
  try {
    const [made, challenge] = await ask(form);
    form.elements.passkey_answer.value = asJson(made);
    form.elements.passkey_challenge.value = challenge;
  } catch {
    said.textContent = said.dataset.stopped;
    return;
  }
  const own = document.getElementById("f-own_device");
  if (own && form.elements.own_device) form.elements.own_device.value = own.checked ? "yes" : "";
  form.submit();
};

if (globalThis.PublicKeyCredential) {
  for (const form of document.querySelectorAll("form[data-passkey]")) {
    form.querySelector("[data-passkey-acts]").hidden = false;
    form.querySelector("[data-passkey-without]").hidden = true;
    form.addEventListener("submit", send);
  }
}
