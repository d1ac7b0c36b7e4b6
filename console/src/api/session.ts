import { answered, type Tokens } from './client'
import { newKey } from './keys'
import { ProblemError, problemOf } from './problems'
import { serverClock, type ServerClock } from './server-clock'

const SESSIONS = '/checkin/v1/sessions'
const GOOD_FOR_MS = 60_000
const LOCK = 'meu-session-refresh'

export type Role =
  | 'operator' | 'officer' | 'leader' | 'member' | 'display' | 'partner'
  | 'auditor' | 'system-administrator' | 'security-administrator'

export interface Account {
  account_id: string
  login: string
  name: string
  role: Role
  /** The node of the organisation tree whose subtree the account sees, e.g. /440100/440106. */
  path: string
  station_id: string | null
  unit_id: string | null
}

export interface Credentials {
  login: string
  password: string
  new_password?: string
  /** Six digits of the second factor. */
  code?: string
}

/** What logging in needs next. */
export type LogInStep =
  | { next: 'done' }
  | { next: 'new-password' }
  | { next: 'second-factor' }
  | { next: 'second-factor-enrolment'; otpauth_uri: string; otpauth_qr: string }

interface Granted {
  next: 'done'
  access_token: string
  expires_at: string
  account: Account
  /** The city's. */
  time_zone: string
}

/**
 * The session of this tab. The access token is only in memory; what renews it is an HttpOnly cookie.
 *
 * Whoever needs a newer token while one is being fetched waits for that one. Tabs share the cookie, and a cookie used twice
 * ends the session at the server, so tabs renew one after the other where the browser has locks (https or localhost).
 */
export class Session implements Tokens {
  /** Called with the account when it changes; null: nobody is logged in. */
  onChange: (account: Account | null) => void = () => undefined
  /** Called with the city's time zone when it is told. */
  onZone: (zone: string) => void = () => undefined
  private access: { token: string; until: number } | null = null
  private accountId: string | null = null
  /** Counts up whenever a token comes or goes: what was asked for before that is of no use any more. */
  private epoch = 0
  private renewing: Promise<string | null> | null = null

  constructor(
    private readonly language: () => string,
    private readonly clock: ServerClock = serverClock,
  ) {}

  /** One step of logging in. Raises `wrong-credentials`, `try-later`, `password-weak`, `offline`. */
  async logIn(credentials: Credentials): Promise<LogInStep> {
    const answer = await this.ask<LogInStep | Granted>(SESSIONS, credentials)
    if ('access_token' in answer) this.grant(answer)
    return answer
  }

  /** Go on with the session that the cookie remembers, if there is one. Raises `offline`. */
  async resume(): Promise<boolean> {
    return (await this.renew()) !== null
  }

  async logOut(): Promise<void> {
    const token = this.access?.token
    this.end()
    if (token === undefined) return
    const headers = { 'Authorization': `Bearer ${token}`, 'Idempotency-Key': newKey() }
    await answered(`${SESSIONS}/current`, { method: 'DELETE', headers })
  }

  whose(): string | null {
    return this.accountId
  }

  async token(): Promise<string | null> {
    if (this.access === null) return this.renewing
    if (this.access.until - this.clock.now() > GOOD_FOR_MS) return this.access.token
    return this.renew()
  }

  async renewed(stale: string): Promise<string | null> {
    if (this.access !== null && this.access.token !== stale) return this.access.token
    return this.renew()
  }

  private renew(): Promise<string | null> {
    const { epoch } = this
    this.renewing ??= alone(() => this.refresh(epoch)).finally(() => { this.renewing = null })
    return this.renewing
  }

  /** `epoch`: of when it was wanted. Who has logged in or out since then stays so, whatever the answer is. */
  private async refresh(epoch: number): Promise<string | null> {
    if (epoch === this.epoch) {
      const granted = await this.ask<Granted>(`${SESSIONS}/refresh`).catch(nullWhereOver)
      if (epoch === this.epoch) {
        if (granted === null) this.end()
        else this.grant(granted)
      }
    }
    return this.access?.token ?? null
  }

  private grant(granted: Granted): void {
    this.access = { token: granted.access_token, until: Date.parse(granted.expires_at) }
    this.onZone(granted.time_zone)
    this.become(granted.account)
  }

  private end(): void {
    this.access = null
    this.become(null)
  }

  private become(account: Account | null): void {
    this.epoch += 1
    this.accountId = account?.account_id ?? null
    this.onChange(account)
  }

  private async ask<T>(path: string, body?: unknown): Promise<T> {
    const headers: Record<string, string> = { 'Accept-Language': this.language(), 'Idempotency-Key': newKey() }
    const init: RequestInit = { method: 'POST', headers }
    if (body !== undefined) {
      headers['Content-Type'] = 'application/json'
      init.body = JSON.stringify(body)
    }
    const asked = Date.now()
    const response = await answered(path, init)
    this.clock.learn(response.headers.get('Date'), asked)
    if (!response.ok) throw await problemOf(response)
    return (await response.json()) as T
  }
}

function nullWhereOver(error: unknown): null {
  if (error instanceof ProblemError && error.status === 401) return null
  throw error
}

/** `work` while no other tab does the same. */
async function alone<T>(work: () => Promise<T>): Promise<T> {
  const locks = (globalThis.navigator as Partial<Navigator> | undefined)?.locks
  return locks === undefined ? work() : locks.request(LOCK, work)
}
