/**
 * The service worker: the page opens without a network, from what was kept the last time. It keeps the shell only
 * (document, script, sheet, icon); what the APIs say is never cached here.
 */

interface Lasting extends Event {
  waitUntil(done: Promise<unknown>): void
}

interface Asked extends Lasting {
  readonly request: Request
  respondWith(answer: Promise<Response>): void
}

interface Clicked extends Lasting {
  readonly notification: Notification
}

interface Page {
  focus(): Promise<unknown>
}

interface Worker {
  addEventListener(name: 'install' | 'activate', hear: (event: Lasting) => void): void
  addEventListener(name: 'fetch', hear: (event: Asked) => void): void
  addEventListener(name: 'notificationclick', hear: (event: Clicked) => void): void
  skipWaiting(): Promise<void>
  clients: { claim(): Promise<void>; matchAll(): Promise<Page[]>; openWindow(address: string): Promise<unknown> }
}

const worker = self as unknown as Worker
const SHELL = 'meu-member-shell'
const DOCUMENT = '/m/'
const SCOPE = new URL('/m/', location.href).href

worker.addEventListener('install', (event) => event.waitUntil(renew().then(() => worker.skipWaiting())))

worker.addEventListener('activate', (event) => event.waitUntil(worker.clients.claim()))

worker.addEventListener('fetch', (event) => {
  const { request } = event
  if (request.method !== 'GET' || !request.url.startsWith(SCOPE)) return
  event.respondWith(answer(request, event))
})

worker.addEventListener('notificationclick', (event) => {
  event.notification.close()
  event.waitUntil(worker.clients.matchAll().then(([page]) => (page ? page.focus() : worker.clients.openWindow(DOCUMENT))))
})

/** What is kept is shown at once; the document is then looked for anew, for the next time. */
async function answer(request: Request, event: Asked): Promise<Response> {
  const shell = await caches.open(SHELL)
  if (request.mode !== 'navigate') return (await shell.match(request)) ?? fetch(request)
  const kept = await shell.match(DOCUMENT)
  if (!kept) return fetch(request)
  event.waitUntil(renew().catch(() => undefined))
  return kept
}

/** Keeps the document together with all that it names; a new document replaces the old one when it is whole. */
async function renew(): Promise<void> {
  const shell = await caches.open(SHELL)
  const fresh = await fetch(DOCUMENT, { cache: 'no-cache' })
  if (!fresh.ok) throw new Error(`the page answers ${fresh.status}`)
  const html = await fresh.clone().text()
  const parts = [...html.matchAll(/(?:src|href)="(\/m\/[^"]+)"/g)].map(([, address]) => address!)
  const known = await Promise.all(parts.map((part) => shell.match(part)))
  await shell.addAll(parts.filter((part, index) => !known[index] || !part.startsWith('/m/assets/')))
  await shell.put(DOCUMENT, fresh)
  for (const { url } of await shell.keys()) {
    const path = new URL(url).pathname
    if (path !== DOCUMENT && !parts.includes(path)) await shell.delete(url)
  }
}
