import type { Draft, Item, Lane, Result, Store } from './store'
import type { Verdict } from './verdicts'

const LANES: readonly Lane[] = ['sos', 'order', 'duty', 'hazard', 'message']
const BACKOFF_MS = [1000, 2000, 4000, 8000, 15_000, 30_000, 60_000]
const FOLLOWED_MS = 30_000
/** An SOS that could not leave for this long is sent only if the person says so: the emergency may be over. */
export const SOS_GOOD_FOR_MS = 15 * 60_000

export interface Surroundings {
  store: Store
  /** Sends an item, or asks what became of it when it has a `location`. */
  deliver: (item: Item) => Promise<Verdict>
  /** The account that is logged in. */
  account: () => string | null
  now: () => number
  newKey: () => string
  /** Runs `work` while no other tab runs work of that name. */
  alone: (name: string, work: () => Promise<void>) => Promise<void>
  /** Something was added or sent. */
  changed: () => void
  /** An item has its final answer. */
  settled: (result: Result) => void
}

/** Sends what people did, each until its final answer, in order within its lane. */
export class Queue {
  private readonly busy = new Set<Lane>()
  private readonly asked = new Set<Lane>()
  private readonly failures = new Map<Lane, number>()
  private readonly timers = new Map<Lane, ReturnType<typeof setTimeout>>()

  constructor(private readonly around: Surroundings) {}

  /** Durable when it resolves; the sending goes on by itself. */
  async add(draft: Draft): Promise<Item> {
    const { store, account, newKey, now } = this.around
    const item = await store.add({
      ...draft,
      key: newKey(),
      account_id: account() ?? '',
      made_at: now(),
      location: null,
      asked_since: null,
      confirmed: false,
    })
    this.around.changed()
    this.start(item.lane)
    return item
  }

  /** Tries everything now: the network is back, the page is looked at again, somebody logged in. */
  wake(): void {
    this.failures.clear()
    for (const lane of LANES) this.start(lane)
  }

  private start(lane: Lane): void {
    clearTimeout(this.timers.get(lane))
    if (this.busy.has(lane)) {
      this.asked.add(lane)
      return
    }
    this.busy.add(lane)
    void this.around
      .alone(`meu-queue-${lane}`, () => this.drain(lane))
      .finally(() => {
        this.busy.delete(lane)
        if (this.asked.delete(lane)) this.start(lane)
      })
  }

  private async drain(lane: Lane): Promise<void> {
    for (;;) {
      const item = (await this.around.store.items()).find((each) => each.lane === lane && this.isToBeSent(each))
      if (!item) return
      const verdict = await this.around.deliver(item)
      const wait_ms = await this.apply(item, verdict)
      this.around.changed()
      if (wait_ms === null) return
      if (wait_ms > 0) {
        this.timers.set(lane, setTimeout(() => this.start(lane), wait_ms))
        return
      }
    }
  }

  /** Milliseconds until the lane goes on; null: not before it is woken. */
  private async apply(item: Item, verdict: Verdict): Promise<number | null> {
    const { store, now, newKey } = this.around
    switch (verdict.is) {
      case 'final': {
        this.failures.delete(item.lane)
        const { ok, status, code, title, incident_id } = verdict
        const { id, act, account_id } = item
        const result = { id, act, account_id, ok, status, code, title, incident_id, at: now() }
        await store.settle(result)
        this.around.settled(result)
        return 0
      }
      case 'pending':
        await store.change(item.id, { location: verdict.location, asked_since: now() })
        return 500
      case 'anew':
        await store.change(item.id, { key: newKey(), location: null, asked_since: null })
        return 1000
      case 'again':
        if (item.asked_since !== null && now() - item.asked_since > FOLLOWED_MS) {
          await store.change(item.id, { location: null, asked_since: null }) // its own request answers as well
        }
        return Math.max(verdict.after_ms, item.location === null ? this.backoff(item.lane) : 0)
      case 'login':
        return null
    }
  }

  private isToBeSent(item: Item): boolean {
    return item.account_id === this.around.account() && !isHeld(item, this.around.now())
  }

  private backoff(lane: Lane): number {
    const failed = this.failures.get(lane) ?? 0
    this.failures.set(lane, failed + 1)
    return BACKOFF_MS[Math.min(failed, BACKOFF_MS.length - 1)] ?? 0
  }
}

/** Whether it waits for the person's word. What the server has already is only asked after. */
export function isHeld(item: Item, now: number): boolean {
  return item.lane === 'sos' && !item.confirmed && item.location === null && now - item.made_at > SOS_GOOD_FOR_MS
}
