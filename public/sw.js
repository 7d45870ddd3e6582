// Makes the app start fast and open without a connection. It keeps files that belong to nobody: the program itself,
// icons, fonts and one page that says "offline". It never answers for, or stores, a member's page, message or music:
// whatever is not named below goes to the network as if this worker were not there.

const STORE = "earshot-1";
const OFFLINE = "/offline.html";
const SHELL = [
  OFFLINE,
  "/offline.css",
  "/favicon.svg",
  "/icons.svg",
  "/icon-192.png",
  "/fonts/figtree-latin-wght-normal.woff2",
];
// Program files of past releases stay until this many newer ones have come.
const PROGRAM_FILES = 24;

const isProgram = (path) => path.startsWith("/pkg/");
const isStill = (path) => path.startsWith("/fonts/");
const isShell = (path) =>
  SHELL.includes(path) || /^\/(icon-[\w-]+\.png|apple-touch-icon\.png|manifest\.webmanifest)$/.test(path);

self.addEventListener("install", (event) => {
  const fresh = SHELL.map((path) => new Request(path, { cache: "reload", credentials: "omit" }));
  event.waitUntil(caches.open(STORE).then((store) => store.addAll(fresh)));
  self.skipWaiting();
});

self.addEventListener("activate", (event) => {
  event.waitUntil(
    (async () => {
      const names = await caches.keys();
      await Promise.all(names.filter((name) => name !== STORE).map((name) => caches.delete(name)));
      await self.clients.claim();
    })(),
  );
});

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  if (request.method !== "GET" || origin !== self.location.origin) return;

  if (request.mode === "navigate") {
    event.respondWith(pageOrOffline(request));
  } else if (isProgram(pathname) || isStill(pathname)) {
    event.respondWith(keptOrFetched(event));
  } else if (isShell(pathname)) {
    event.respondWith(fetchedOrKept(event));
  }
});

async function pageOrOffline(request) {
  try {
    return await fetch(request);
  } catch (failure) {
    const store = await caches.open(STORE);
    const page = await store.match(OFFLINE);
    if (page) return page;
    throw failure;
  }
}

// For files whose content never changes under one name.
async function keptOrFetched(event) {
  const store = await caches.open(STORE);
  const kept = await store.match(event.request);
  if (kept) return kept;

  const answer = await fetch(event.request);
  if (mayKeep(answer)) event.waitUntil(keep(store, event.request, answer.clone()));
  return answer;
}

// For files that may change with a release: the newest when there is a connection.
async function fetchedOrKept(event) {
  const store = await caches.open(STORE);
  try {
    const answer = await fetch(event.request);
    if (answer.ok) event.waitUntil(store.put(event.request, answer.clone()));
    return answer;
  } catch (failure) {
    const kept = await store.match(event.request);
    if (kept) return kept;
    throw failure;
  }
}

// A development server gives the same name to changing content; only one that promises otherwise is taken at its word.
function mayKeep(answer) {
  return answer.status === 200 && /immutable/.test(answer.headers.get("cache-control") ?? "");
}

async function keep(store, request, answer) {
  await store.put(request, answer);

  const program = (await store.keys()).filter((kept) => isProgram(new URL(kept.url).pathname));
  const surplus = program.slice(0, Math.max(0, program.length - PROGRAM_FILES));
  await Promise.all(surplus.map((old) => store.delete(old)));
}
