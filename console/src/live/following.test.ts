import { createPinia, setActivePinia } from 'pinia'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'

import { useConnection } from '../stores/connection'
import { useStations } from '../stores/stations'
import { following } from './following'

const all = vi.hoisted(() => vi.fn<(path: string) => Promise<unknown[]>>())
const session = vi.hoisted(() => ({ whose: () => 'a', token: () => Promise.resolve('t'), renewed: () => Promise.resolve('t') }))
vi.mock('../api', () => ({ api: { all, read: () => Promise.resolve(new Response('{}')) }, session }))

/** The streams that were opened, and still are where they were not given up. */
let opened: { path: string; signal: AbortSignal; say: (text: string) => void }[]
let rows: string[]

const soon = () => vi.advanceTimersByTimeAsync(0)

beforeEach(() => {
  vi.useFakeTimers()
  setActivePinia(createPinia())
  ;[opened, rows] = [[], []]
  all.mockResolvedValue([])
  vi.stubGlobal('window', { addEventListener: () => undefined, removeEventListener: () => undefined })
  vi.stubGlobal('Worker', class {
    postMessage(message: { kind: string; json: string }): void { if (message.kind === 'rows') rows.push(message.json) }
    terminate(): void { /* there is none */ }
  })
  vi.stubGlobal('fetch', (path: string, { signal }: { signal: AbortSignal }) => {
    const body = new ReadableStream<Uint8Array>({
      start: (wire) => {
        opened.push({ path, signal, say: (text) => { wire.enqueue(new TextEncoder().encode(text)) } })
        signal.addEventListener('abort', () => { wire.error(new Error('given up')) })
      },
    })
    return Promise.resolve(new Response(body))
  })
})
afterEach(() => {
  following.stop()
  following.show(null)
  all.mockReset()
  vi.unstubAllGlobals()
  vi.useRealTimers()
})

test('who comes at once after another is followed by one stream, on the same part of the map', async () => {
  following.show([113, 23, 114, 24])
  following.start()
  await soon()
  following.stop()
  following.start()
  await vi.advanceTimersByTimeAsync(20_000)
  expect(opened.filter(({ signal }) => !signal.aborted)).toHaveLength(1)
  expect(opened.slice(1)).toHaveLength(1)
  expect(decodeURIComponent(opened[1]!.path)).toContain('view=113.0000,23.0000,114.0000,24.0000')
  expect(useConnection().state).toBe('live')
})

test('what the stream of the one before has left to say is heard by nobody', async () => {
  following.start()
  await soon()
  opened[0]!.say('event: units\ndata: {"of":"the first"}\n\n')
  following.stop()
  following.start()
  await soon()
  opened[1]!.say('event: units\ndata: {"of":"the second"}\n\n')
  await soon()
  expect(rows).toEqual(['{"of":"the second"}'])
})

test('what could not be read for the one before is not tried again beside what is read for the next', async () => {
  all.mockRejectedValue(new Error('away'))
  following.start()
  await soon()
  following.stop()
  all.mockReset()
  all.mockResolvedValue([])
  following.start()
  await vi.advanceTimersByTimeAsync(10_000)
  expect(all.mock.calls.filter(([path]) => path.endsWith('/stations'))).toHaveLength(1)
  expect(useStations().isLoaded).toBe(true)
})
