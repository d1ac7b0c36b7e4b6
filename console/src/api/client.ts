import { newKey } from './keys'
import { noAnswer, ProblemError, problemOf } from './problems'
import { serverClock, type ServerClock } from './server-clock'

const TIMEOUT_MS = 15_000
const GET_ATTEMPTS = 3
const RETRY_AFTER_MAX_S = 10
const DECISION_MAX_MS = 30_000

export type Query = Record<string, string | number | boolean | null | undefined>

/** Whose requests these are. */
export interface Tokens {
  /** The account's id; null while nobody is known. */
  whose(): string | null
  /** A token that is good for a while yet; null when nobody is logged in. */
  token(): Promise<string | null>
  /** A newer one than `stale`, which a service did not take; null when the session is over. */
  renewed(stale: string): Promise<string | null>
}

export interface Ask {
  query?: Query
  signal?: AbortSignal
  /** Milliseconds until `timeout` is raised. */
  timeoutMs?: number
}

export interface Tell extends Ask {
  /** The Idempotency-Key. Give the same one to send the same again; by default a fresh one. */
  key?: string
}

export interface Page<T> {
  items: T[]
  /** The path of the next page; null: this is the last. */
  next: string | null
}

/** What became of a command. `body` is the route's answer; null when the decision came later than the answer. */
export interface Decided<T> {
  body: T | null
  aggregateId: string | null
}

/** Calls the services' APIs as the session's account. Raises `ProblemError`, and nothing else. */
export class ApiClient {
  constructor(
    private readonly tokens: Tokens,
    private readonly language: () => string,
    private readonly clock: ServerClock = serverClock,
    private readonly wait: (ms: number) => Promise<void> = waited,
  ) {}

  /** Read. Asks again where a service says that it is back in a moment (503 with Retry-After). */
  async get<T>(path: string, ask: Ask = {}): Promise<T> {
    return json<T>(await this.read(path, ask))
  }

  /** One page of a list: services answer with an array or with `{items}`, and name the next page in `Link`. */
  async page<T>(path: string, ask: Ask = {}): Promise<Page<T>> {
    const response = await this.read(path, ask)
    const body = await json<T[] | { items: T[] }>(response)
    return { items: Array.isArray(body) ? body : body.items, next: nextOf(response.headers.get('Link')) }
  }

  /** Every page of a list. */
  async all<T>(path: string, ask: Ask = {}): Promise<T[]> {
    let page = await this.page<T>(path, ask)
    const items = [...page.items]
    while (page.next !== null) {
      page = await this.page<T>(page.next, ask.signal ? { signal: ask.signal } : {})
      items.push(...page.items)
    }
    return items
  }

  /** The answer itself, for what is not JSON. */
  async read(path: string, ask: Ask = {}): Promise<Response> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await this.send(path, { method: 'GET' }, ask)
      } catch (error) {
        if (!(error instanceof ProblemError) || attempt === GET_ATTEMPTS) throw error
        if (error.status !== 503 || error.retryAfterS === null || error.retryAfterS > RETRY_AFTER_MAX_S) throw error
        await this.wait(error.retryAfterS * 1000)
      }
    }
  }

  /** Write. `body` is JSON, or FormData as it is. An empty answer (204) is null. */
  async post<T>(path: string, body: unknown, tell: Tell = {}): Promise<T> {
    return json<T>(await this.sendBody('POST', path, body, tell))
  }

  async put<T>(path: string, body: unknown, tell: Tell = {}): Promise<T> {
    return json<T>(await this.sendBody('PUT', path, body, tell))
  }

  async patch<T>(path: string, body: unknown, tell: Tell = {}): Promise<T> {
    return json<T>(await this.sendBody('PATCH', path, body, tell))
  }

  async delete(path: string, tell: Tell = {}): Promise<void> {
    await this.sendBody('DELETE', path, undefined, tell)
  }

  /** Write what a decider decides, and wait until it has: 202 is followed to its outcome. A refusal is raised. */
  async command<T>(path: string, body: unknown, tell: Tell = {}): Promise<Decided<T>> {
    const response = await this.sendBody('POST', path, body, tell)
    if (response.status !== 202) return { body: await json<T>(response), aggregateId: null }
    const location = response.headers.get('Location')
    if (location === null) throw noAnswer('unreadable-answer', '202 without Location')
    return { body: null, aggregateId: await this.outcome(location) }
  }

  private async outcome(location: string): Promise<string | null> {
    const until = this.clock.now() + DECISION_MAX_MS
    while (this.clock.now() < until) {
      await this.wait(700)
      const response = await this.read(location)
      if (response.status === 200) return (await json<{ aggregate_id?: string }>(response)).aggregate_id ?? null
    }
    throw noAnswer('timeout', 'not decided yet')
  }

  private sendBody(method: string, path: string, body: unknown, tell: Tell): Promise<Response> {
    const headers: Record<string, string> = { 'Idempotency-Key': tell.key ?? newKey() }
    if (body === undefined) return this.send(path, { method, headers }, tell)
    if (body instanceof FormData) return this.send(path, { method, headers, body }, tell)
    headers['Content-Type'] = 'application/json'
    return this.send(path, { method, headers, body: JSON.stringify(body) }, tell)
  }

  private async send(path: string, init: RequestInit, ask: Ask): Promise<Response> {
    const whose = this.tokens.whose()
    const token = await this.tokens.token()
    this.mustBeOf(whose)
    try {
      return await this.once(path, init, ask, token)
    } catch (error) {
      const isStale = error instanceof ProblemError && error.status === 401
      const newer = isStale && token !== null ? await this.tokens.renewed(token) : null
      if (newer === null) throw error
      this.mustBeOf(whose)
      return await this.once(path, init, ask, newer)
    }
  }

  /** What one person asked for is not sent in the name of whoever is logged in instead meanwhile. */
  private mustBeOf(whose: string | null): void {
    if (whose === null || whose === this.tokens.whose()) return
    throw new ProblemError({ title: '', status: 401, code: 'session-ended' })
  }

  private async once(path: string, init: RequestInit, ask: Ask, token: string | null): Promise<Response> {
    const headers: Record<string, string> = { 'Accept-Language': this.language(), ...(init.headers as object) }
    if (token !== null) headers['Authorization'] = `Bearer ${token}`
    const asked = Date.now()
    const response = await answered(pathWith(path, ask.query), { ...init, headers }, ask)
    this.clock.learn(response.headers.get('Date'), asked)
    if (!response.ok) throw await problemOf(response)
    return response
  }
}

/** `fetch` within a time. Raises `offline` and `timeout`; being cancelled by `ask.signal` passes as it is. */
export async function answered(path: string, init: RequestInit, ask: Ask = {}): Promise<Response> {
  const giveUp = new AbortController()
  let isLate = false
  const timer = setTimeout(() => {
    isLate = true
    giveUp.abort()
  }, ask.timeoutMs ?? TIMEOUT_MS)
  const cancel = () => { giveUp.abort() }
  if (ask.signal?.aborted) cancel()
  ask.signal?.addEventListener('abort', cancel)
  try {
    return await fetch(path, { credentials: 'same-origin', ...init, signal: giveUp.signal })
  } catch (error) {
    if (ask.signal?.aborted) throw error
    throw noAnswer(isLate ? 'timeout' : 'offline')
  } finally {
    clearTimeout(timer)
    ask.signal?.removeEventListener('abort', cancel)
  }
}

/** `path?query`, without what is null or undefined. */
export function pathWith(path: string, query: Query = {}): string {
  const given = Object.entries(query).filter(([, value]) => value !== null && value !== undefined)
  if (given.length === 0) return path
  const search = new URLSearchParams(given.map(([name, value]) => [name, String(value)]))
  return `${path}${path.includes('?') ? '&' : '?'}${search.toString()}`
}

/** The path of `rel="next"` in a Link header; the host is that of whoever answered, which may lie behind a proxy. */
function nextOf(link: string | null): string | null {
  const found = /<([^>]+)>;\s*rel="next"/.exec(link ?? '')?.[1]
  if (found === undefined) return null
  const url = new URL(found, 'http://any')
  return url.pathname + url.search
}

async function json<T>(response: Response): Promise<T> {
  if (response.status === 204) return null as T
  try {
    return (await response.json()) as T
  } catch {
    throw noAnswer('unreadable-answer')
  }
}

function waited(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms))
}
