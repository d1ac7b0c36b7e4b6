import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { MemoryStore } from './fakes/memory_store'
import { Platform } from './fakes/platform'
import { isHeld, Queue, SOS_GOOD_FOR_MS } from './queue'
import type { Draft, Item, Lane, Result, Store } from './store'
import type { Verdict } from './verdicts'

const REFUSED: Verdict = { is: 'final', ok: false, status: 422, code: 'code-expired', title: '', incident_id: null }

let keys = 0
let account: string | null = 'A'
let settled: Result[] = []

function opened(store: Store, deliver: (item: Item) => Promise<Verdict>): Queue {
  return new Queue({
    store,
    deliver,
    account: () => account,
    now: () => Date.now(),
    newKey: () => `key-${++keys}`,
    alone: (_, work) => work(),
    changed: () => undefined,
    settled: (result) => settled.push(result),
  })
}

function draft(lane: Lane = 'duty'): Draft {
  return { lane, act: { kind: 'check-in', about: {} }, path: '/checkin/v1/check-ins', type: 'application/json', body: '{}' }
}

beforeEach(() => {
  vi.useFakeTimers()
  keys = 0
  account = 'A'
  settled = []
})

afterEach(() => vi.useRealTimers())

test('what is added is sent at once and leaves its result', async () => {
  const [store, platform] = [new MemoryStore(), new Platform()]
  await opened(store, (item) => platform.deliver(item)).add(draft())
  await vi.advanceTimersByTimeAsync(0)
  expect(platform.effects).toEqual(['key-1'])
  expect(await store.items()).toEqual([])
  expect(await store.results()).toMatchObject([{ id: 1, ok: true, status: 201, account_id: 'A' }])
  expect(settled).toHaveLength(1)
})

test('it is kept under its one key until the way is free, however long that takes', async () => {
  const [store, platform] = [new MemoryStore(), new Platform()]
  platform.weather.push(...Array<'no way there'>(5).fill('no way there'), 'no way back')
  await opened(store, (item) => platform.deliver(item)).add(draft())
  await vi.advanceTimersByTimeAsync(31_000)
  expect(platform.attempts).toHaveLength(6)
  expect((await store.items()).map(({ key }) => key)).toEqual(['key-1'])
  await vi.advanceTimersByTimeAsync(30_000)
  expect(new Set(platform.attempts)).toEqual(new Set(['key-1']))
  expect(platform.effects).toEqual(['key-1'])
  expect(await store.items()).toEqual([])
})

test('a page killed between the effect and its answer neither loses nor doubles it', async () => {
  const [store, platform] = [new MemoryStore(), new Platform()]
  const killed = opened(store, async (item) => {
    await platform.deliver(item)
    return new Promise<Verdict>(() => undefined) // the answer finds nobody
  })
  await killed.add(draft())
  await vi.advanceTimersByTimeAsync(0)
  opened(store, (item) => platform.deliver(item)).wake()
  await vi.advanceTimersByTimeAsync(0)
  expect(platform.attempts).toEqual(['key-1', 'key-1'])
  expect(platform.effects).toEqual(['key-1'])
  expect(await store.items()).toEqual([])
})

test('a lane keeps its order; what is stuck in one lane keeps nobody up in another', async () => {
  const [store, platform] = [new MemoryStore(), new Platform()]
  platform.weather.push('no way there')
  const queue = opened(store, (item) => platform.deliver(item))
  await queue.add(draft('hazard'))
  await vi.advanceTimersByTimeAsync(0)
  await queue.add(draft('sos'))
  await vi.advanceTimersByTimeAsync(0)
  expect(platform.effects).toEqual(['key-2'])
  await queue.add(draft('hazard'))
  await vi.advanceTimersByTimeAsync(2000)
  expect(platform.effects).toEqual(['key-2', 'key-1', 'key-3'])
})

test('a refusal is final, and what comes behind it goes on', async () => {
  const [store, platform] = [new MemoryStore(), new Platform()]
  platform.weather.push(REFUSED)
  const queue = opened(store, (item) => platform.deliver(item))
  await queue.add(draft())
  await queue.add(draft())
  await vi.advanceTimersByTimeAsync(0)
  expect(settled.map(({ ok, code }) => [ok, code])).toEqual([
    [false, 'code-expired'],
    [true, ''],
  ])
})

test('what is pending is asked after where the server said, also by a page opened later', async () => {
  const store = new MemoryStore()
  const asked: (string | null)[] = []
  const verdicts: Verdict[] = [{ is: 'pending', location: '/checkin/v1/commands/U/C' }, { is: 'again', after_ms: 1000 }]
  const deliver = ({ location }: Item): Promise<Verdict> => {
    asked.push(location)
    return Promise.resolve(verdicts.shift() ?? REFUSED)
  }
  await opened(store, deliver).add(draft())
  await vi.advanceTimersByTimeAsync(0)
  opened(store, deliver).wake()
  await vi.advanceTimersByTimeAsync(2000)
  expect(asked).toEqual([null, '/checkin/v1/commands/U/C', '/checkin/v1/commands/U/C'])
  expect(settled.map(({ code }) => code)).toEqual(['code-expired'])
})

test('where nobody knows what became of it, it is sent again under its own key', async () => {
  const store = new MemoryStore()
  const sent: (string | null)[] = []
  let posts = 0
  const deliver = ({ location, key }: Item): Promise<Verdict> => {
    if (location !== null) return Promise.resolve({ is: 'again', after_ms: 1000 })
    sent.push(key)
    return Promise.resolve(++posts === 1 ? { is: 'pending', location: '/dispatch/v1/commands/I/C' } : REFUSED)
  }
  await opened(store, deliver).add(draft())
  await vi.advanceTimersByTimeAsync(60_000)
  expect(sent).toEqual(['key-1', 'key-1'])
  expect(settled).toHaveLength(1)
})

test('what had no effect for certain gets another key', async () => {
  const [store, platform] = [new MemoryStore(), new Platform()]
  platform.weather.push({ is: 'anew' })
  await opened(store, (item) => platform.deliver(item)).add(draft())
  await vi.advanceTimersByTimeAsync(1000)
  expect(platform.attempts).toEqual(['key-1', 'key-2'])
  expect(platform.effects).toEqual(['key-2'])
})

test('nobody sends what another account left', async () => {
  const [store, platform] = [new MemoryStore(), new Platform()]
  platform.weather.push({ is: 'login' })
  const queue = opened(store, (item) => platform.deliver(item))
  await queue.add(draft())
  await vi.advanceTimersByTimeAsync(600_000)
  expect(platform.attempts).toHaveLength(1)
  account = 'B'
  queue.wake()
  await vi.advanceTimersByTimeAsync(0)
  expect(platform.effects).toEqual([])
  account = 'A'
  queue.wake()
  await vi.advanceTimersByTimeAsync(0)
  expect(platform.effects).toEqual(['key-1'])
})

test('an SOS that could not leave for a quarter of an hour waits for the person’s word; a new one does not wait for it', async () => {
  const [store, platform] = [new MemoryStore(), new Platform()]
  account = null
  const queue = opened(store, (item) => platform.deliver(item))
  const old = await store.add({ ...draft('sos'), key: 'old', account_id: 'A', made_at: Date.now(), location: null, asked_since: null, confirmed: false })
  await vi.advanceTimersByTimeAsync(SOS_GOOD_FOR_MS + 1)
  account = 'A'
  expect(isHeld(old, Date.now())).toBe(true)
  await queue.add(draft('sos'))
  await vi.advanceTimersByTimeAsync(0)
  expect(platform.effects).toEqual(['key-1'])
  await store.change(old.id, { confirmed: true })
  queue.wake()
  await vi.advanceTimersByTimeAsync(0)
  expect(platform.effects).toEqual(['key-1', 'old'])
})
