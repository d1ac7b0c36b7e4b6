import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'

import { ApiClient } from './client'
import { ProblemError } from './problems'
import { ServerClock } from './server-clock'
import { Session, type Account } from './session'

const ACCOUNT: Account = {
  account_id: 'a', login: 'chen', name: '陈', role: 'officer', path: '/440100/440106', station_id: '440106', unit_id: null,
}

const LI: Account = { ...ACCOUNT, account_id: 'b', login: 'li', name: '李' }

let nowMs = 0
const clock = new ServerClock(() => nowMs)
const fetched = vi.fn<(path: string, init: RequestInit) => Promise<Response>>()

beforeEach(() => {
  nowMs = Date.parse('2026-03-01T00:00:00Z')
  vi.stubGlobal('fetch', fetched)
})
afterEach(() => {
  fetched.mockReset()
  vi.unstubAllGlobals()
})

function granted(token: string, livesS: number, account = ACCOUNT): Response {
  const expires = new Date(nowMs + livesS * 1000).toISOString()
  return Response.json({ next: 'done', access_token: token, expires_at: expires, account })
}

function problem(status: number, code: string, headers: Record<string, string> = {}): Response {
  return Response.json({ title: code, status, code }, { status, headers })
}

const auth = (call: number) => (fetched.mock.calls[call]![1].headers as Record<string, string>)['Authorization']

async function loggedIn(livesS: number): Promise<Session> {
  const session = new Session(() => 'en', clock)
  fetched.mockResolvedValueOnce(granted('first', livesS))
  await session.logIn({ login: 'chen', password: 'x' })
  fetched.mockClear()
  return session
}

test('many who find the token near its end wait for one refresh', async () => {
  const session = await loggedIn(30)
  fetched.mockResolvedValueOnce(granted('second', 600))
  expect(await Promise.all([session.token(), session.token(), session.token()])).toEqual(['second', 'second', 'second'])
  expect(fetched).toHaveBeenCalledTimes(1)
})

test('who brings a stale token after the refresh gets the new one without another', async () => {
  const session = await loggedIn(600)
  fetched.mockResolvedValueOnce(granted('second', 600))
  await session.renewed('first')
  expect(await session.renewed('first')).toBe('second')
  expect(fetched).toHaveBeenCalledTimes(1)
})

test('a request whose token has expired is sent again with the new one, under the same key', async () => {
  const session = await loggedIn(600)
  const api = new ApiClient(session, () => 'en', clock)
  fetched
    .mockResolvedValueOnce(problem(401, 'token-expired'))
    .mockResolvedValueOnce(granted('second', 600))
    .mockResolvedValueOnce(Response.json({ ok: true }))
  expect(await api.post('/dispatch/v1/incidents', { class: 'rescue' })).toEqual({ ok: true })
  expect([auth(0), auth(2)]).toEqual(['Bearer first', 'Bearer second'])
  const key = (call: number) => (fetched.mock.calls[call]![1].headers as Record<string, string>)['Idempotency-Key']
  expect(key(2)).toBe(key(0))
})

test('who logs in while the old session is still asked for stays logged in when that one is over', async () => {
  const session = new Session(() => 'en', clock)
  let answerRefresh: (response: Response) => void = () => undefined
  fetched.mockReturnValueOnce(new Promise((resolve) => { answerRefresh = resolve }))
  const resuming = session.resume()
  await vi.waitFor(() => { expect(fetched).toHaveBeenCalledTimes(1) })
  fetched.mockResolvedValueOnce(granted('second', 600))
  await session.logIn({ login: 'chen', password: 'x' })
  answerRefresh(problem(401, 'session-ended'))
  expect(await resuming).toBe(true)
  expect(await session.token()).toBe('second')
})

describe('a refresh that answers late', () => {
  const LATE = () => [granted('late', 600), problem(401, 'session-ended')]

  async function asked(session: Session): Promise<{ answer: (response: Response) => void; renewing: Promise<string | null> }> {
    let answer: (response: Response) => void = () => undefined
    fetched.mockReturnValueOnce(new Promise((resolve) => { answer = resolve }))
    const renewing = session.token()
    await vi.waitFor(() => { expect(fetched).toHaveBeenCalledTimes(1) })
    return { answer, renewing }
  }

  test.each([0, 1])('does not bring back who has logged out (%i)', async (which) => {
    const session = await loggedIn(30)
    const { answer, renewing } = await asked(session)
    const seen: (Account | null)[] = []
    session.onChange = (account) => seen.push(account)
    fetched.mockResolvedValueOnce(new Response(null, { status: 204 }))
    await session.logOut()
    answer(LATE()[which]!)
    expect(await renewing).toBeNull()
    expect([await session.token(), session.whose(), seen]).toEqual([null, null, [null]])
  })

  test.each([0, 1])('does not replace who has logged in (%i)', async (which) => {
    const session = await loggedIn(30)
    const { answer, renewing } = await asked(session)
    fetched.mockResolvedValueOnce(granted('of-li', 600, LI))
    await session.logIn({ login: 'li', password: 'x' })
    answer(LATE()[which]!)
    expect(await renewing).toBe('of-li')
    expect([await session.token(), session.whose()]).toEqual(['of-li', 'b'])
  })

  test('is not even asked for when it was waiting for another tab, and the person has logged out', async () => {
    let turn: () => void = () => undefined
    const request = (_: string, work: () => unknown) => new Promise<void>((resolve) => { turn = resolve }).then(work)
    vi.stubGlobal('navigator', { locks: { request } })
    const session = await loggedIn(30)
    const renewing = session.token()
    fetched.mockResolvedValueOnce(new Response(null, { status: 204 }))
    await session.logOut()
    turn()
    expect(await renewing).toBeNull()
    expect(fetched.mock.calls.map(([path]) => path)).toEqual(['/checkin/v1/sessions/current'])
  })
})

describe('what one person asked for is not sent in the name of another', () => {
  test('whose login was taken over when the token was renewed before it', async () => {
    const api = new ApiClient(await loggedIn(30), () => 'en', clock)
    fetched.mockResolvedValueOnce(granted('of-li', 600, LI))
    await expect(api.post('/dispatch/v1/incidents', {})).rejects.toMatchObject({ status: 401, code: 'session-ended' })
    expect(fetched).toHaveBeenCalledTimes(1)
  })

  test('whose login was taken over after a service had refused the token', async () => {
    const api = new ApiClient(await loggedIn(600), () => 'en', clock)
    fetched.mockResolvedValueOnce(problem(401, 'token-expired')).mockResolvedValueOnce(granted('of-li', 600, LI))
    await expect(api.post('/dispatch/v1/incidents', {})).rejects.toMatchObject({ status: 401, code: 'session-ended' })
    expect(fetched).toHaveBeenCalledTimes(2)
  })

  test('unless nobody was known yet', async () => {
    const session = new Session(() => 'en', clock)
    fetched.mockResolvedValueOnce(granted('first', 600)).mockResolvedValueOnce(Response.json({ ok: true }))
    void session.resume()
    expect(await new ApiClient(session, () => 'en', clock).get('/dispatch/v1/incidents')).toEqual({ ok: true })
  })
})

test('a session that has ended leaves nobody logged in', async () => {
  const session = await loggedIn(30)
  const seen: (Account | null)[] = []
  session.onChange = (account) => seen.push(account)
  fetched.mockResolvedValueOnce(problem(401, 'session-ended'))
  expect(await session.token()).toBeNull()
  expect(seen).toEqual([null])
})

test('without a network the session stays, and the caller is told', async () => {
  const session = await loggedIn(30)
  fetched.mockRejectedValueOnce(new TypeError('Failed to fetch'))
  await expect(session.token()).rejects.toMatchObject({ code: 'offline', status: 0 })
  fetched.mockResolvedValueOnce(granted('second', 600))
  expect(await session.token()).toBe('second')
})

test('each further step of logging in is handed on, and only the last one logs in', async () => {
  const session = new Session(() => 'en', clock)
  const seen: (Account | null)[] = []
  session.onChange = (account) => seen.push(account)
  fetched.mockResolvedValueOnce(Response.json({ next: 'second-factor' }))
  expect(await session.logIn({ login: 'chen', password: 'x' })).toEqual({ next: 'second-factor' })
  expect(seen).toEqual([])
  fetched.mockResolvedValueOnce(granted('first', 600))
  await session.logIn({ login: 'chen', password: 'x', code: '123456' })
  expect(seen).toEqual([ACCOUNT])
})

test('a read waits where a service says for how long; a write is not repeated', async () => {
  const waits: number[] = []
  const api = new ApiClient(await loggedIn(600), () => 'en', clock, (ms) => { waits.push(ms); return Promise.resolve() })
  fetched
    .mockResolvedValueOnce(problem(503, 'unavailable', { 'Retry-After': '2' }))
    .mockResolvedValueOnce(Response.json([1]))
  expect(await api.get('/dispatch/v1/incidents')).toEqual([1])
  expect(waits).toEqual([2000])
  fetched.mockResolvedValueOnce(problem(503, 'unavailable', { 'Retry-After': '2' }))
  await expect(api.post('/dispatch/v1/incidents', {})).rejects.toBeInstanceOf(ProblemError)
})

test('every page of a list is read, whatever host the link names', async () => {
  const api = new ApiClient(await loggedIn(600), () => 'en', clock)
  fetched
    .mockResolvedValueOnce(Response.json([1], { headers: { Link: '<http://inner:8080/x/v1/list?cursor=abc>; rel="next"' } }))
    .mockResolvedValueOnce(Response.json({ items: [2] }))
  expect(await api.all('/x/v1/list')).toEqual([1, 2])
  expect(fetched.mock.calls[1]![0]).toBe('/x/v1/list?cursor=abc')
})

test('a command that is decided later is followed to its outcome', async () => {
  const api = new ApiClient(await loggedIn(600), () => 'en', clock, () => Promise.resolve())
  fetched
    .mockResolvedValueOnce(Response.json({}, { status: 202, headers: { Location: '/dispatch/v1/commands/i-1/c-1' } }))
    .mockResolvedValueOnce(Response.json({ status: 'pending' }, { status: 202 }))
    .mockResolvedValueOnce(problem(409, 'incident-closed'))
  await expect(api.command('/dispatch/v1/incidents/i-1/clear', {})).rejects.toMatchObject({ code: 'incident-closed' })
})

test('the server’s clock is what answers say, the quickest answer best', () => {
  nowMs = 1_000_000
  const behind = new ServerClock(() => nowMs)
  behind.learn(new Date(1_060_000).toUTCString(), nowMs - 100)
  expect(behind.now()).toBe(1_060_550)
  behind.learn(new Date(9_000_000).toUTCString(), nowMs - 5000)
  expect(behind.now()).toBe(1_060_550)
})
