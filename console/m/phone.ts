import { ServerClock } from './clock'
import type { Answer } from './http'
import { language } from './language'
import type { Account } from './login_steps'
import { locate, type Fix, type NoFix } from './place'
import { Queue } from './queue'
import { Session } from './session'
import type { Item, Result, Store } from './store'
import { verdictOn, type Verdict } from './verdicts'

const PHOTO_TIMEOUT_MS = 120_000
const TIMEOUT_MS = 20_000
/** What is kept for opening without a network, and goes with the person's session. */
const OF_THE_PERSON = ['unit', 'messages']

export type Connection = 'on' | 'off' | 'unsure'

/** What every part of the page works with: who is logged in, what waits to be sent, where the phone is. */
export class Phone {
  items: Item[] = []
  results: Result[] = []
  connection: Connection = navigator.onLine ? 'unsure' : 'off'
  fix: Fix | null = null
  readonly queue: Queue
  readonly session: Session
  /** Told when anything that is shown may have changed. */
  readonly watchers = new Set<() => void>()
  readonly settled = new Set<(result: Result) => void>()
  readonly accountChanged = new Set<(account: Account | null) => void>()
  /** Whose the page is: the account's id. */
  private person: string | null
  /** The page in other tabs, which may have sent what this one shows as waiting. */
  private readonly tabs = 'BroadcastChannel' in window ? new BroadcastChannel('meu-member') : null

  private constructor(
    readonly store: Store,
    readonly clock: ServerClock,
    before: Account | null | undefined,
  ) {
    this.person = before?.account_id ?? null
    this.session = new Session(
      {
        now: () => clock.now(),
        alone,
        heard: (answer) => this.heard(answer),
        language,
        changed: (account) => void this.remember(account),
      },
      before,
    )
    this.queue = new Queue({
      store,
      deliver: (item) => this.deliver(item),
      account: () => this.account?.account_id ?? null,
      now: () => clock.now(),
      newKey: newId,
      alone,
      changed: () => {
        void this.reload()
        this.tabs?.postMessage(null)
      },
      settled: (result) => {
        this.settled.forEach((hear) => hear(result))
        this.tabs?.postMessage(result)
      },
    })
    this.tabs?.addEventListener('message', ({ data }: MessageEvent<Result | null>) => {
      if (data) this.settled.forEach((hear) => hear(data))
      void this.reload()
    })
  }

  static async open(store: Store): Promise<Phone> {
    const offset_ms = (await store.get<number>('clock')) ?? 0
    const phone = new Phone(store, new ServerClock(offset_ms), await store.get<Account | null>('account'))
    await phone.reload()
    return phone
  }

  get account(): Account | null {
    return this.session.account
  }

  /** What waits to be sent of who is logged in. */
  waiting(): Item[] {
    return this.items.filter((item) => item.account_id === this.account?.account_id)
  }

  /** The newest final answer to acts of a kind, of who is logged in. */
  result(kind: Result['act']['kind']): Result | undefined {
    return this.results.find((result) => result.act.kind === kind && result.account_id === this.account?.account_id)
  }

  now(): number {
    return this.clock.now()
  }

  changed(): void {
    this.watchers.forEach((look) => look())
  }

  /** Where the phone is now; the last fix is remembered. `anew`: not where it was a moment ago. */
  async locate(anew = false): Promise<Fix | NoFix> {
    const found = await locate(anew)
    if (typeof found !== 'string') this.fix = found
    return found
  }

  async dismiss(result: Result): Promise<void> {
    await this.store.dismiss(result.id)
    await this.reload()
  }

  async remove(item: Item): Promise<void> {
    await this.store.remove(item.id)
    await this.reload()
  }

  /** The person says that an old item is still to be sent. */
  async confirm(item: Item): Promise<void> {
    await this.store.change(item.id, { confirmed: true })
    await this.reload()
    this.queue.wake()
  }

  setConnection(connection: Connection): void {
    if (this.connection === connection) return
    this.connection = connection
    this.changed()
  }

  async reload(): Promise<void> {
    this.items = await this.store.items()
    this.results = await this.store.results()
    this.changed()
  }

  private heard(answer: Answer): void {
    if (this.clock.observe(answer.date)) void this.store.put('clock', this.clock.offset_ms)
    this.setConnection(answer.status > 0 ? 'on' : 'off')
  }

  /** Where another tab's login was taken over, the page begins anew: nothing of the one before stays in it. */
  private async remember(account: Account | null): Promise<void> {
    const is_another = account !== null && this.person !== null && account.account_id !== this.person
    this.person = account?.account_id ?? null
    if (account === null || is_another) await Promise.all(OF_THE_PERSON.map((name) => this.store.put(name, undefined)))
    await this.store.put('account', account)
    if (is_another) {
      location.reload()
      return
    }
    this.accountChanged.forEach((hear) => hear(account))
    this.queue.wake()
    this.changed()
  }

  private async deliver(item: Item): Promise<Verdict> {
    if (item.location !== null) return verdictOn(await this.session.ask(item.location), true)
    const answer = await this.session.ask(item.path, {
      method: 'POST',
      type: item.type,
      body: item.body,
      headers: { 'Idempotency-Key': item.key },
      timeout_ms: item.lane === 'hazard' ? PHOTO_TIMEOUT_MS : TIMEOUT_MS,
    })
    return verdictOn(answer, false)
  }
}

/** 128 random bits in hexadecimal. */
export function newId(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join('')
}

/** One tab at a time; where the browser has no locks, the server's idempotency has to do. */
async function alone<T>(name: string, work: () => Promise<T>): Promise<T> {
  return navigator.locks ? navigator.locks.request(name, work) : work()
}
