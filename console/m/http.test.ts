import { afterEach, expect, test, vi } from 'vitest'
import { ask } from './http'

function answering(body: string | null, status: number, headers: Record<string, string>): void {
  vi.stubGlobal('fetch', () => Promise.resolve(new Response(body, { status, headers })))
}

afterEach(() => {
  vi.unstubAllGlobals()
  vi.useRealTimers()
})

test('a problem document is read', async () => {
  answering('{"code":"code-expired","title":"签到码已过期"}', 422, { 'content-type': 'application/problem+json' })
  expect(await ask('/a')).toMatchObject({ status: 422, code: 'code-expired', title: '签到码已过期' })
})

test('the login page of somebody’s Wi-Fi is no answer of ours', async () => {
  answering('<html>Welcome</html>', 200, { 'content-type': 'text/html' })
  expect(await ask('/a')).toMatchObject({ status: 0, code: 'unreachable' })
})

test('a gateway’s own error page means: not now', async () => {
  answering('<html>Bad gateway</html>', 502, { 'content-type': 'text/html' })
  expect(await ask('/a')).toMatchObject({ status: 502, code: 'unavailable' })
})

test('an answer cut off in its middle is none', async () => {
  answering('{"code":', 201, { 'content-type': 'application/json' })
  expect(await ask('/a')).toMatchObject({ status: 0 })
})

test('nothing new, and when to come back', async () => {
  answering(null, 304, { etag: '"x"' })
  expect(await ask('/a')).toMatchObject({ status: 304, code: '', etag: '"x"' })
  answering('{"code":"try-later"}', 429, { 'content-type': 'application/problem+json', 'retry-after': '30' })
  expect(await ask('/a')).toMatchObject({ code: 'try-later', retry_after_ms: 30_000 })
})

test('a request that hangs is given up', async () => {
  vi.useFakeTimers()
  vi.stubGlobal(
    'fetch',
    (_: string, { signal }: RequestInit) =>
      new Promise((_resolve, reject) => signal?.addEventListener('abort', () => reject(new Error('aborted')))),
  )
  const asking = ask('/a', { timeout_ms: 5000 })
  await vi.advanceTimersByTimeAsync(5000)
  expect(await asking).toMatchObject({ status: 0 })
})
