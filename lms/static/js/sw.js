// Shows kept pages when the network does not answer. Nothing is kept here that its person did not ask for: pages come into
// a cache by a button on the course's page, and here they are only brought up to date.
const WAIT = 4000;
const OFFLINE = new URL("offline", registration.scope).href;

addEventListener("install", () => skipWaiting());
addEventListener("activate", (event) => event.waitUntil(clients.claim()));

const find = (request) => caches.match(request, { ignoreSearch: true });

const renew = async (request, reply) => {
  for (const cacheName of await caches.keys()) {
    if (!await caches.match(request, { cacheName })) continue;
    // To open a cache is to make it: one that was taken away meanwhile comes back empty, and has to go again.
    const cache = await caches.open(cacheName);
    if (await cache.match(request)) await cache.put(request, reply.clone());
    else if (!(await cache.keys()).length) await caches.delete(cacheName);
  }
};

const answer = async (event, request, page) => {
  const copy = request.method === "GET" ? await find(request) : undefined;
  const network = fetch(request);
  const late = new Promise((_, give_up) => { if (copy) setTimeout(give_up, WAIT); });
  try {
    const reply = await Promise.race([network, late]);
    if (copy && reply.ok) event.waitUntil(renew(request, reply.clone()));
    // A site that is up but cannot make the page is as good as no network.
    return copy && reply.status > 499 ? copy : reply;
  } catch (reason) {
    network.catch(() => {});
    const found = copy || page && await find(OFFLINE);
    if (found) return found;
    throw reason;
  }
};

addEventListener("fetch", (event) => {
  const { request } = event;
  const page = request.mode === "navigate";
  const { origin, pathname } = new URL(request.url);
  if (origin !== location.origin || request.headers.has("range")) return;
  // What a page's script sends or asks is its own matter: it keeps what did not go out.
  if (page || request.method === "GET" && /\/(static|media)\//.test(pathname)) {
    event.respondWith(answer(event, request, page));
  }
});
