import { afterEach, beforeEach, expect, test, vi } from 'vitest'

import { backoffMs } from './backoff'
import { LiveStream, type StreamEvent, type StreamState } from './stream'

/** A stream that the test writes into. */
class Wire {
  readonly response: Response
  private controller!: ReadableStreamDefaultController<Uint8Array>

  constructor() {
    const body = new ReadableStream<Uint8Array>({ start: (controller) => { this.controller = controller } })
    this.response = new Response(body, { headers: { 'Content-Type': 'text/event-stream' } })
  }

  async say(text: string): Promise<void> {
    this.controller.enqueue(new TextEncoder().encode(text))
    await settled()
  }

  async end(): Promise<void> {
    this.controller.close()
    await settled()
  }
}

const fetched = vi.fn<(path: string, init: RequestInit) => Promise<Response>>()
const tokens = { whose: () => null, token: vi.fn(() => Promise.resolve('first')), renewed: vi.fn(() => Promise.resolve<string | null>('second')) }
let events: StreamEvent[]
let states: StreamState[]
let gaps: number
let stream: LiveStream

const settled = () => vi.advanceTimersByTimeAsync(0)
const headers = (call: number) => fetched.mock.calls[call]![1].headers as Record<string, string>

beforeEach(() => {
  vi.useFakeTimers()
  vi.stubGlobal('fetch', fetched)
  ;[events, states, gaps] = [[], [], 0]
  stream = new LiveStream({
    tokens,
    onEvent: (event) => events.push(event),
    onState: (state) => states.push(state),
    onGap: () => { gaps += 1 },
    onByte: () => undefined,
    random: () => 1,
  })
})
afterEach(() => {
  stream.stop()
  fetched.mockReset()
  tokens.renewed.mockClear()
  vi.unstubAllGlobals()
  vi.useRealTimers()
})

async function opened(): Promise<Wire> {
  const wire = new Wire()
  fetched.mockResolvedValueOnce(wire.response)
  if (states.length === 0) stream.start()
  await settled()
  return wire
}

test('events are handed on, and after an end the stream goes on behind the last one', async () => {
  const wire = await opened()
  await wire.say('retry: 2000\nid: p0\n\n')
  await wire.say('id: p1\nevent: order-issued\nda')
  await wire.say('ta: {"sequence":2}\n\nevent: units\ndata: {}\n\n')
  expect(events).toEqual([{ name: 'order-issued', data: '{"sequence":2}' }, { name: 'units', data: '{}' }])
  await wire.end()
  expect(states).toEqual(['connecting', 'live', 'reconnecting'])
  fetched.mockResolvedValueOnce(new Wire().response)
  await vi.advanceTimersByTimeAsync(500)
  expect(headers(1)['Last-Event-ID']).toBe('p1')
  expect(states[states.length - 1]).toBe('live')
})

test('who is cut off before the first event goes on from where the stream began', async () => {
  const wire = await opened()
  await wire.say('retry: 2000\nid: p0\n\n')
  await wire.end()
  fetched.mockResolvedValueOnce(new Wire().response)
  await vi.advanceTimersByTimeAsync(500)
  expect(headers(1)['Last-Event-ID']).toBe('p0')
})

test('when the token expires in mid-stream, a new one is fetched and no event is lost', async () => {
  const wire = await opened()
  await wire.say('id: p1\nevent: order-issued\ndata: {}\n\nid: p2\nevent: token-expired\ndata: {}\n\n')
  await wire.end()
  expect(tokens.renewed).toHaveBeenCalledWith('first')
  expect(events).toHaveLength(1)
  fetched.mockResolvedValueOnce(new Wire().response)
  await vi.advanceTimersByTimeAsync(500)
  expect(headers(1)['Last-Event-ID']).toBe('p2')
})

test('a token that is not taken is renewed at once', async () => {
  fetched.mockResolvedValueOnce(new Response(null, { status: 401 }))
  await opened()
  expect([headers(0)['Authorization'], headers(1)['Authorization']]).toEqual(['Bearer first', 'Bearer second'])
  expect(states).toEqual(['connecting', 'live'])
})

test('with the session the stream ends', async () => {
  tokens.renewed.mockResolvedValueOnce(null)
  fetched.mockResolvedValueOnce(new Response(null, { status: 401 }))
  stream.start()
  await settled()
  expect(states).toEqual(['connecting', 'stopped'])
})

test('looking elsewhere opens the stream again at once, behind the last event', async () => {
  const wire = await opened()
  await wire.say('id: p1\nevent: order-issued\ndata: {}\n\n')
  fetched.mockImplementation((_, init) => {
    init.signal?.throwIfAborted()
    return Promise.resolve(new Wire().response)
  })
  stream.show([113, 23, 113.5, 23.5])
  await wire.end()
  expect(fetched.mock.calls[1]![0]).toBe('/dispatch/v1/stream?view=113.0000%2C23.0000%2C113.5000%2C23.5000')
  expect(headers(1)['Last-Event-ID']).toBe('p1')
  expect(states).toEqual(['connecting', 'live'])
})

test('a position that the service does not know any more is a gap', async () => {
  const wire = await opened()
  await wire.say('id: old\nevent: order-issued\ndata: {}\n\n')
  await wire.end()
  fetched.mockResolvedValueOnce(Response.json({ title: '', status: 422, code: 'invalid' }, { status: 422 }))
  await vi.advanceTimersByTimeAsync(500)
  expect(gaps).toBe(1)
  fetched.mockResolvedValueOnce(new Wire().response)
  await vi.advanceTimersByTimeAsync(1000)
  expect(headers(2)['Last-Event-ID']).toBeUndefined()
})

test('a connection that is silent for three heartbeats is given up', async () => {
  const signal = (call: number) => fetched.mock.calls[call]![1].signal!
  await opened()
  await vi.advanceTimersByTimeAsync(44_000)
  expect(signal(0).aborted).toBe(false)
  await vi.advanceTimersByTimeAsync(6_000)
  expect(signal(0).aborted).toBe(true)
})

test('waits double up to 15 s, and are spread', () => {
  expect([1, 2, 3, 20].map((failures) => backoffMs(failures, () => 1))).toEqual([500, 1000, 2000, 15000])
  expect(backoffMs(3, () => 0)).toBe(1000)
})
