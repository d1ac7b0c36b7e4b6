import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import type { Answer } from './http'
import type { Account } from './login_steps'
import { Session } from './session'

const ACCOUNT: Account = { account_id: 'A-1', login: 'guard', name: '李**', role: 'member', station_id: 'S-1', unit_id: 'U-1' }
const OTHER: Account = { ...ACCOUNT, account_id: 'B-1', login: 'other', name: '赵**' }
const TOKEN = 'x.y.z'

type Reply = [status: number, body?: object]

let replies: Record<string, Reply[]>
let asked: { path: string; authorization: string | null; body: string | null }[]
let accounts: (Account | null)[]

function done(token = TOKEN, account = ACCOUNT): Reply {
  const expires_at = new Date(Date.now() + 600_000).toISOString()
  return [200, { next: 'done', access_token: token, expires_at, account }]
}

function problem(status: number, code: string): Reply {
  return [status, { code, title: code }]
}

function opened(before: Account | null | undefined): Session {
  const around = {
    now: () => Date.now(),
    alone: <T>(_: string, work: () => Promise<T>) => work(),
    heard: () => undefined,
    language: () => 'zh-CN',
    changed: (account: Account | null) => void accounts.push(account),
  }
  return new Session(around, before)
}

beforeEach(() => {
  vi.useFakeTimers()
  replies = {}
  asked = []
  accounts = []
  vi.stubGlobal('fetch', (path: string, options: RequestInit) => {
    const headers = new Headers(options.headers)
    asked.push({ path, authorization: headers.get('authorization'), body: (options.body as string | null) ?? null })
    const reply = replies[path]?.shift()
    if (!reply) return Promise.reject(new TypeError('no network'))
    const json = reply[1] === undefined ? null : JSON.stringify(reply[1])
    return Promise.resolve(new Response(json, { status: reply[0], headers: { 'content-type': 'application/json' } }))
  })
})

afterEach(() => {
  vi.useRealTimers()
  vi.unstubAllGlobals()
})

const SESSIONS = '/checkin/v1/sessions'
const REFRESH = `${SESSIONS}/refresh`

test('logging in takes as many steps as the server asks for', async () => {
  replies[SESSIONS] = [
    [200, { next: 'new-password' }],
    [200, { next: 'second-factor-enrolment', otpauth_uri: 'otpauth://totp/x?secret=K' }],
    [200, { next: 'second-factor' }],
    done(),
  ]
  const session = opened(null)
  const given = { login: 'guard', password: 'p' }
  expect(await session.login(given)).toEqual({ is: 'new-password' })
  expect(await session.login({ ...given, new_password: 'n' })).toEqual({ is: 'enrolment', uri: 'otpauth://totp/x?secret=K' })
  expect(await session.login({ ...given, code: '123456' })).toEqual({ is: 'second-factor' })
  expect(await session.login({ ...given, code: '123456' })).toEqual({ is: 'done', account: ACCOUNT })
  expect(accounts).toEqual([ACCOUNT])
})

test('a refusal is told with its code', async () => {
  replies[SESSIONS] = [problem(401, 'wrong-credentials')]
  expect(await opened(null).login({ login: 'x', password: 'y' })).toMatchObject({ is: 'refused', code: 'wrong-credentials' })
})

test('many requests at once renew the token once', async () => {
  replies[REFRESH] = [done()]
  replies['/a'] = [[200, {}], [200, {}], [200, {}]]
  const session = opened(ACCOUNT)
  await Promise.all([session.ask('/a'), session.ask('/a'), session.ask('/a')])
  expect(asked.filter(({ path }) => path === REFRESH)).toHaveLength(1)
  expect(asked.filter(({ path }) => path === '/a').every(({ authorization }) => authorization === `Bearer ${TOKEN}`)).toBe(true)
})

test('a token that the server no longer takes is renewed and the request repeated', async () => {
  replies[REFRESH] = [done('old.x.x'), done()]
  replies['/a'] = [problem(401, 'token-expired'), [200, { x: 1 }]]
  expect(await opened(ACCOUNT).ask('/a')).toMatchObject({ status: 200, body: { x: 1 } })
})

test('a token is renewed before it runs out', async () => {
  replies[REFRESH] = [done(), done()]
  replies['/a'] = [[200, {}], [200, {}]]
  const session = opened(ACCOUNT)
  await session.ask('/a')
  vi.advanceTimersByTime(580_000)
  await session.ask('/a')
  expect(asked.filter(({ path }) => path === REFRESH)).toHaveLength(2)
})

test('without a network who was logged in stays so', async () => {
  const session = opened(ACCOUNT)
  expect(await session.ask('/a')).toMatchObject({ status: 0, code: 'unreachable' })
  expect(session.account).toEqual(ACCOUNT)
  expect(accounts).toEqual([])
})

test('an answer that is lost on its way is asked for again at once, while the used cookie still counts', async () => {
  let failed = 0
  const working = fetch
  vi.stubGlobal('fetch', (path: string, options: RequestInit) => (path === REFRESH && failed++ === 0 ? Promise.reject(new TypeError()) : working(path, options)))
  replies[REFRESH] = [done()]
  replies['/a'] = [[200, {}]]
  expect((await opened(ACCOUNT).ask('/a')).status).toBe(200)
})

test('a server that cannot renew just now does not end the session', async () => {
  replies[REFRESH] = [problem(503, 'unavailable')]
  expect(await opened(ACCOUNT).ask('/a')).toMatchObject({ status: 0, code: 'unreachable' })
  expect(accounts).toEqual([])
})

test('an ended session is told, and not asked for again', async () => {
  replies[REFRESH] = [problem(401, 'session-ended')]
  const session = opened(ACCOUNT)
  expect(await session.ask('/a')).toMatchObject({ code: 'session-ended' })
  expect(accounts).toEqual([null])
  expect(await session.ask('/a')).toMatchObject({ code: 'session-ended' })
  expect(asked).toHaveLength(1)
})

test('a browser that forgot the page may still have its cookie; one that was logged out has not', async () => {
  replies[REFRESH] = [done()]
  replies['/a'] = [[200, {}]]
  expect((await opened(undefined).ask('/a')).status).toBe(200)
  expect(await opened(null).ask('/a')).toMatchObject({ code: 'session-ended' })
})

test('logging out ends the session here even when the server cannot be reached', async () => {
  replies[REFRESH] = [done()]
  const session = opened(ACCOUNT)
  await session.logout()
  expect(session.account).toBeNull()
  expect(session.isOver()).toBe(true)
})

test('who logs in while an old session is still asked for stays logged in when that one turns out to be over', async () => {
  let answerRefresh: (response: Response) => void = () => undefined
  const login = done()
  vi.stubGlobal('fetch', (path: string) =>
    path === REFRESH
      ? new Promise<Response>((resolve) => { answerRefresh = resolve })
      : Promise.resolve(Response.json(path === SESSIONS ? login[1] : {})),
  )
  const session = opened(undefined)
  const asking = session.ask('/notify/v1/inbox')
  await vi.advanceTimersByTimeAsync(10)
  expect(await session.login({ login: 'guard', password: 'p' })).toMatchObject({ is: 'done' })
  answerRefresh(Response.json({ code: 'session-ended' }, { status: 401 }))
  expect((await asking).status).toBe(200)
  expect(session.account).toEqual(ACCOUNT)
  expect(accounts).toEqual([ACCOUNT])
})

describe('a refresh that answers late', () => {
  const LATE = () => [done('late.x.x'), problem(401, 'session-ended'), problem(503, 'unavailable')].map(([status, body]) => Response.json(body, { status }))

  /** A request that waits for the answer to its refresh. */
  async function asking(session: Session): Promise<{ answer: (response: Response) => void; asking: Promise<Answer> }> {
    let answer: (response: Response) => void = () => undefined
    const others = fetch
    vi.stubGlobal('fetch', (path: string, options: RequestInit) =>
      path === REFRESH ? new Promise<Response>((resolve) => { answer = resolve }) : others(path, options),
    )
    const asking = session.ask('/a')
    await vi.advanceTimersByTimeAsync(10)
    return { answer: (response) => answer(response), asking }
  }

  test.each([0, 1, 2])('does not bring back who has logged out (%i)', async (which) => {
    replies['/a'] = [[200, {}]]
    const session = opened(ACCOUNT)
    const late = await asking(session)
    await session.logout()
    late.answer(LATE()[which]!)
    expect(await late.asking).toMatchObject({ code: 'session-ended' })
    expect([session.account, session.isOver(), accounts]).toEqual([null, true, [null]])
  })

  test.each([0, 1, 2])('does not replace who has logged in, in whose name the old request is not sent (%i)', async (which) => {
    replies[SESSIONS] = [done('other.x.x', OTHER)]
    replies['/a'] = [[200, {}]]
    const session = opened(ACCOUNT)
    const late = await asking(session)
    await session.login({ login: 'other', password: 'p' })
    late.answer(LATE()[which]!)
    expect(await late.asking).toMatchObject({ code: 'session-ended' })
    expect(session.account).toEqual(OTHER)
    expect(asked.map(({ path }) => path)).toEqual([SESSIONS])
    expect((await session.ask('/a')).status).toBe(200)
    expect(asked[asked.length - 1]).toMatchObject({ path: '/a', authorization: 'Bearer other.x.x' })
  })
})

test('what one person asked for is not sent again in the name of another whose login was taken over', async () => {
  replies[REFRESH] = [done(), done('other.x.x', OTHER)]
  replies['/a'] = [problem(401, 'token-expired'), [200, {}]]
  const session = opened(ACCOUNT)
  expect(await session.ask('/a')).toMatchObject({ code: 'session-ended' })
  expect(asked.filter(({ path }) => path === '/a')).toHaveLength(1)
  expect((await session.ask('/a')).status).toBe(200)
  expect(accounts).toEqual([OTHER])
})
