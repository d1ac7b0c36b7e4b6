/** One request, and what came of it. Nothing here throws: that nothing answered is an answer too. */

export type Json = { [name: string]: unknown }

/** `status` 0: nothing of ours answered (no network, a hotel's login page); `code` is then `unreachable`. */
export interface Answer {
  status: number
  /** A problem's code; empty when all is well. */
  code: string
  title: string
  body: Json
  etag: string | null
  location: string | null
  retry_after_ms: number | null
  date: string | null
}

export interface Request {
  method?: 'GET' | 'POST' | 'DELETE'
  body?: string | ArrayBuffer
  /** Content type of `body`. */
  type?: string
  headers?: Record<string, string>
  timeout_ms?: number
  signal?: AbortSignal
}

const TIMEOUT_MS = 20_000
const KEEPALIVE_BYTES = 16_000

const NOTHING: Answer = {
  status: 0,
  code: 'unreachable',
  title: '',
  body: {},
  etag: null,
  location: null,
  retry_after_ms: null,
  date: null,
}

/** Asks our own server. A small body is sent to its end even if the page is closed meanwhile. */
export async function ask(path: string, request: Request = {}): Promise<Answer> {
  const limit = new AbortController()
  const timer = setTimeout(() => limit.abort(), request.timeout_ms ?? TIMEOUT_MS)
  const stop = () => limit.abort()
  request.signal?.addEventListener('abort', stop)
  try {
    const response = await fetch(path, {
      method: request.method ?? 'GET',
      headers: { ...request.headers, ...(request.type ? { 'Content-Type': request.type } : {}) },
      body: request.body ?? null,
      cache: 'no-store',
      credentials: 'same-origin',
      redirect: 'error',
      keepalive: typeof request.body === 'string' && request.body.length < KEEPALIVE_BYTES,
      signal: limit.signal,
    })
    return await read(response)
  } catch {
    return NOTHING
  } finally {
    clearTimeout(timer)
    request.signal?.removeEventListener('abort', stop)
  }
}

async function read(response: Response): Promise<Answer> {
  const is_json = /[/+]json/.test(response.headers.get('content-type') ?? '')
  const is_empty = response.status === 204 || response.status === 304
  if (!is_json && !is_empty) {
    return response.status >= 500 ? { ...NOTHING, status: response.status, code: 'unavailable' } : NOTHING
  }
  const body = is_empty ? {} : ((await response.json()) as Json)
  const is_problem = response.status >= 400
  const wait = Number(response.headers.get('retry-after') ?? NaN)
  return {
    status: response.status,
    code: is_problem ? text(body['code']) || 'unavailable' : '',
    title: is_problem ? text(body['title']) : '',
    body,
    etag: response.headers.get('etag'),
    location: response.headers.get('location'),
    retry_after_ms: Number.isFinite(wait) ? wait * 1000 : null,
    date: response.headers.get('date'),
  }
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : ''
}
