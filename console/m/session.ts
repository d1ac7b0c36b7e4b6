import { ask, type Answer, type Json, type Request } from './http'
import { nextStep, type Account, type Step } from './login_steps'

const REFRESH_BEFORE_MS = 30_000
/** A used cookie counts once more within 10 s (services/checkin USED_TWICE_WITHIN): time for one answer that was lost. */
const RENEW_TIMEOUTS_MS = [4000, 20_000]
const SESSIONS = '/checkin/v1/sessions'

export interface Given {
  login: string
  password: string
  new_password?: string
  code?: string
}

export interface Surroundings {
  now: () => number
  /** Runs `work` while no other tab does: a refresh cookie is good for one use. */
  alone: <T>(name: string, work: () => Promise<T>) => Promise<T>
  /** Every answer of the server passes here. */
  heard: (answer: Answer) => void
  /** The language of problems' titles. */
  language: () => string
  /** Somebody (else) is logged in, or nobody any more. */
  changed: (account: Account | null) => void
}

/** Who is logged in. The access token lives in memory only; the refresh cookie is the browser's to keep. */
export class Session {
  private token: string | null = null
  private expires_at = 0
  private refreshing: Promise<string | Answer> | null = null
  private is_over: boolean
  /** Counts up whenever somebody logs in or out: what was asked for before that is of no use any more. */
  private epoch = 0
  account: Account | null

  /**
   * `before`: who was logged in when the page was last open, so that it is of use before any network is; null when
   * that session was ended; undefined when nothing is known, and the browser's cookie may still be good.
   */
  constructor(
    private readonly around: Surroundings,
    before: Account | null | undefined,
  ) {
    this.account = before ?? null
    this.is_over = before === null
  }

  /** Nobody is logged in, and the browser's cookie is of no use. */
  isOver(): boolean {
    return this.is_over
  }

  /** Asks with the token, renewed when needed. `session-ended`: somebody has to log in. */
  async ask(path: string, request: Request = {}): Promise<Answer> {
    const whose = this.account?.account_id
    const token = await this.tokenOf(whose)
    if (typeof token !== 'string') return token
    const answer = await this.plain(path, request, token)
    if (answer.status !== 401) return answer
    if (this.token === token) this.token = null
    const renewed = await this.tokenOf(whose)
    return typeof renewed === 'string' ? this.plain(path, request, renewed) : renewed
  }

  /** One step of logging in. */
  async login(given: Given): Promise<Step> {
    const answer = await this.plain(SESSIONS, { method: 'POST', type: 'application/json', body: JSON.stringify(given) })
    const step = nextStep(answer)
    if (step.is === 'done') {
      this.epoch += 1
      this.begin(answer.body, step.account)
    }
    return step
  }

  /** The server ends the session if it can be reached; on this phone it ends anyway. */
  async logout(): Promise<void> {
    await this.plain(`${SESSIONS}/current`, { method: 'DELETE', timeout_ms: 5000 })
    this.end()
  }

  /** As `currentToken`. What one person asked for is not sent in the name of whoever is logged in instead meanwhile. */
  private async tokenOf(whose: string | undefined): Promise<string | Answer> {
    const token = await this.currentToken()
    return whose === undefined || whose === this.account?.account_id || typeof token !== 'string' ? token : ended()
  }

  /** The token, or the answer that says why there is none. */
  private currentToken(): Promise<string | Answer> {
    if (this.token !== null && this.around.now() < this.expires_at - REFRESH_BEFORE_MS) {
      return Promise.resolve(this.token)
    }
    const { epoch } = this
    this.refreshing ??= this.around
      .alone('meu-session', () => this.refresh(epoch))
      .finally(() => {
        this.refreshing = null
      })
    return this.refreshing
  }

  /** `epoch`: of when it was wanted. Who has logged in or out since then stays so, whatever the answer is. */
  private async refresh(epoch: number): Promise<string | Answer> {
    if (this.is_over) return ended()
    if (epoch !== this.epoch) return this.token ?? ended()
    let answer = ended()
    for (const timeout_ms of RENEW_TIMEOUTS_MS) {
      answer = await this.plain(`${SESSIONS}/refresh`, { method: 'POST', timeout_ms })
      if (answer.status !== 0) break
    }
    if (epoch !== this.epoch) return this.token ?? ended()
    const step = nextStep(answer)
    if (step.is === 'done') return this.begin(answer.body, step.account)
    if (answer.status === 401) {
      this.end()
      return { ...answer, code: 'session-ended' }
    }
    return { ...answer, status: 0, code: 'unreachable' }
  }

  private begin(body: Json, account: Account): string {
    this.token = String(body['access_token'])
    this.expires_at = Date.parse(String(body['expires_at']))
    this.is_over = false
    if (JSON.stringify(account) !== JSON.stringify(this.account)) {
      this.account = account
      this.around.changed(account)
    }
    return this.token
  }

  private end(): void {
    this.epoch += 1
    this.token = null
    this.account = null
    this.is_over = true
    this.around.changed(null)
  }

  private async plain(path: string, request: Request, token?: string): Promise<Answer> {
    const headers: Record<string, string> = { 'Accept-Language': this.around.language(), ...request.headers }
    if (token) headers['Authorization'] = `Bearer ${token}`
    const answer = await ask(path, { ...request, headers })
    if (!request.signal?.aborted) this.around.heard(answer)
    return answer
  }
}

function ended(): Answer {
  const nothing = { title: '', body: {}, etag: null, location: null, retry_after_ms: null, date: null }
  return { status: 401, code: 'session-ended', ...nothing }
}
