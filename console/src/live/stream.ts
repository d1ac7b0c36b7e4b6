import { createParser } from 'eventsource-parser'

import { pathWith, type Tokens } from '../api/client'
import { ProblemError, problemOf } from '../api/problems'
import { backoffMs } from './backoff'

const PATH = '/dispatch/v1/stream'
/** Services send a comment each 15 s: three missed ones and the connection is taken for dead. */
const SILENCE_MAX_MS = 45_000
const WATCH_MS = 5_000

/** `stopped`: not wanted · `connecting`: first time · `live` · `reconnecting`: it was live, and is asked for again. */
export type StreamState = 'stopped' | 'connecting' | 'live' | 'reconnecting'

export interface StreamEvent {
  name: string
  /** The JSON text. */
  data: string
}

export interface StreamParts {
  tokens: Tokens
  onEvent: (event: StreamEvent) => void
  /** Events may have been missed: read again what was built from them. */
  onGap: () => void
  onState: (state: StreamState) => void
  /** Something arrived, if only a heartbeat. */
  onByte: () => void
  random?: () => number
}

/**
 * The one stream of a tab: incidents' events, and units' changes in `view`.
 *
 * It reads by `fetch`, since EventSource sends no Authorization header. After any end it asks again with the id of the last
 * event, so that none is lost; only where the service does not know that id any more, `onGap` is called.
 */
export class LiveStream {
  private lastEventId: string | null = null
  private view: string | null = null
  private state: StreamState = 'stopped'
  private failures = 0
  private current: AbortController | null = null
  private wake: (() => void) | null = null
  private heardAt = 0

  constructor(private readonly parts: StreamParts) {}

  start(): void {
    if (this.state !== 'stopped') return
    this.become('connecting')
    void this.run()
  }

  stop(): void {
    this.become('stopped')
    this.lastEventId = null
    this.current?.abort()
    this.wake?.()
  }

  /** West, south, east, north in degrees: whose units' changes are sent. The stream is opened again with it. */
  show(view: readonly [number, number, number, number] | null): void {
    const text = view === null ? null : view.map((degrees) => degrees.toFixed(4)).join(',')
    if (text === this.view) return
    this.view = text
    this.current?.abort()
  }

  /** Do not wait any longer: the network is back. */
  hurry(): void {
    this.failures = 0
    this.wake?.()
  }

  private get isWanted(): boolean {
    return this.state !== 'stopped'
  }

  private async run(): Promise<void> {
    while (this.isWanted) {
      const view = this.view
      try {
        await this.follow()
        this.failures += 1
      } catch (error) {
        this.failures += 1
        this.consider(error)
      }
      if (!this.isWanted) return
      if (this.view !== view) {
        this.failures = 0
        continue
      }
      this.become(this.state === 'connecting' ? 'connecting' : 'reconnecting')
      await this.pause(backoffMs(this.failures, this.parts.random))
    }
  }

  private consider(error: unknown): void {
    if (!(error instanceof ProblemError)) return
    if (error.status === 422 && this.lastEventId !== null) {
      this.lastEventId = null
      this.parts.onGap()
    }
    if (error.status === 403) this.stop()
  }

  private async follow(): Promise<void> {
    const controller = new AbortController()
    this.current = controller
    const watch = setInterval(() => {
      if (Date.now() - this.heardAt > SILENCE_MAX_MS) controller.abort()
    }, WATCH_MS)
    this.heardAt = Date.now()
    try {
      const opened = await this.open(controller.signal)
      if (opened === null) {
        this.stop()
        return
      }
      this.failures = 0
      this.heard()
      this.become('live')
      const isExpired = await this.readAll(opened.body)
      if (isExpired) await this.parts.tokens.renewed(opened.token)
    } finally {
      clearInterval(watch)
      controller.abort()
    }
  }

  /** Null: nobody is logged in any more. */
  private async open(signal: AbortSignal): Promise<{ body: Body; token: string } | null> {
    const token = await this.parts.tokens.token()
    if (token === null) return null
    const response = await this.ask(token, signal)
    if (response.status !== 401) return { body: await bodyOf(response), token }
    const newer = await this.parts.tokens.renewed(token)
    return newer === null ? null : { body: await bodyOf(await this.ask(newer, signal)), token: newer }
  }

  private ask(token: string, signal: AbortSignal): Promise<Response> {
    const headers: Record<string, string> = { Accept: 'text/event-stream', Authorization: `Bearer ${token}` }
    if (this.lastEventId !== null) headers['Last-Event-ID'] = this.lastEventId
    return fetch(pathWith(PATH, { view: this.view }), { headers, signal, cache: 'no-store' })
  }

  /** Until the stream ends; whether it ended because the token did. */
  private async readAll(body: Body): Promise<boolean> {
    let isExpired = false
    const parser = createParser({
      onEvent: (event) => {
        if (event.id) this.lastEventId = event.id
        if (event.event === 'token-expired') isExpired = true
        else if (event.event) this.parts.onEvent({ name: event.event, data: event.data })
      },
    })
    const reader = body.getReader()
    const decoder = new TextDecoder()
    for (;;) {
      const { done, value } = await reader.read()
      if (done) return isExpired
      this.heard()
      const text = decoder.decode(value, { stream: true })
      this.lastEventId ??= openingId(text)
      parser.feed(text)
    }
  }

  private heard(): void {
    this.heardAt = Date.now()
    this.parts.onByte()
  }

  private become(state: StreamState): void {
    if (state === this.state) return
    this.state = state
    this.parts.onState(state)
  }

  private pause(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, ms)
      this.wake = () => {
        clearTimeout(timer)
        resolve()
      }
    })
  }
}

type Body = ReadableStream<Uint8Array>

async function bodyOf(response: Response): Promise<Body> {
  if (!response.ok || response.body === null) throw await problemOf(response)
  return response.body
}

/** The id of the beginning, in a frame without data that the parser passes over. */
function openingId(text: string): string | null {
  return /^id: ?(\S+)$/m.exec(text)?.[1] ?? null
}
