import type { Alarm } from './alarm'
import { answerOrder, read } from './acts'
import { t } from './language'
import { openOrders, orderMessages, standDowns, type Incident, type Message, type OrderSeen } from './orders'
import type { Phone } from './phone'
import type { Result } from './store'

const WAIT_S = 25
const INBOX = '/notify/v1/inbox?limit=20'
const INCIDENTS_READ = 3
const RING_EVERY_MS = 8000
const RING_FOR_MS = 3 * 60_000
const READ_EVERY_MS = 30_000
const RETRY_MS = [1000, 2000, 5000, 10_000, 20_000]

/** Messages and orders: listening for them, sounding the alarm, answering. */
export class OrderDesk {
  messages: Message[] = []
  readonly incidents = new Map<string, Incident>()
  /** The order whose arrival could not be placed. */
  unplaced: string | null = null
  arriving: string | null = null
  private etag: string | null = null
  private listening: AbortController | null = null
  private readonly rung = new Map<string, { since: number; last: number }>()
  private read_at = 0

  constructor(
    private readonly phone: Phone,
    private readonly alarm: Alarm,
  ) {
    phone.settled.add(({ act }: Result) => {
      if (act.kind !== 'hazard') void this.readIncidents()
    })
    phone.accountChanged.add((account) => (account ? void this.listen() : this.leave()))
  }

  async start(): Promise<void> {
    if (!this.phone.account) return
    this.messages = (await this.phone.store.get<Message[]>('messages')) ?? []
  }

  open(): OrderSeen[] {
    return openOrders(this.messages, this.incidents, this.phone.waiting(), this.phone.now())
  }

  standDowns(): Message[] {
    return standDowns(this.messages, this.phone.waiting(), this.phone.now())
  }

  /** The refused arrival that waits for the person's word whether they are really there. */
  refusedArrival(order_id: string): Result | null {
    const result = this.phone.result('arrive')
    const is_it = result && !result.ok && result.code === 'not-at-scene' && result.act.about.order_id === order_id
    return is_it ? result : null
  }

  async acknowledge(seen: OrderSeen): Promise<void> {
    await this.say('acknowledge', seen, {})
  }

  async decline(seen: OrderSeen, reason: string): Promise<void> {
    await this.say('decline', seen, { reason })
  }

  /** With the position; where there is none, the person is asked for their word. */
  async arrive(seen: OrderSeen): Promise<void> {
    this.arriving = seen.message.order_id
    this.unplaced = null
    this.phone.changed()
    const fix = await this.phone.locate(true)
    this.arriving = null
    if (typeof fix === 'string') this.unplaced = seen.message.order_id
    else await this.say('arrive', seen, { fix })
    this.phone.changed()
  }

  /** The person's word that they are there, whatever the position says. */
  async arriveByHand(seen: OrderSeen): Promise<void> {
    this.unplaced = null
    await this.say('arrive', seen, { fix: null })
  }

  async notYet(seen: OrderSeen): Promise<void> {
    this.unplaced = null
    const refused = this.refusedArrival(seen.message.order_id ?? '')
    if (refused) await this.phone.dismiss(refused)
    this.phone.changed()
  }

  async read(message: Message): Promise<void> {
    await this.phone.queue.add(read(message.id))
  }

  /** Listens until it is told to leave. At most one request is open. */
  async listen(): Promise<void> {
    if (this.listening) return
    const listening = (this.listening = new AbortController())
    let failed = 0
    let wait_s = 0
    while (!listening.signal.aborted) {
      const headers: Record<string, string> = this.etag ? { 'If-None-Match': this.etag } : {}
      const options = { headers, timeout_ms: (wait_s + 15) * 1000, signal: listening.signal }
      const asked_at = Date.now()
      const answer = await this.phone.session.ask(`${INBOX}&wait=${wait_s}`, options)
      if (listening.signal.aborted || answer.code === 'session-ended') break
      if (answer.status === 200) await this.take(answer.body['items'] as Message[], answer.etag)
      const is_well = answer.status === 200 || answer.status === 304
      const is_hasty = answer.status === 304 && wait_s > 0 && Date.now() - asked_at < RETRY_MS[0]! // it did not wait
      if (!is_well || is_hasty) await pause(RETRY_MS[Math.min(failed, RETRY_MS.length - 1)]!, listening.signal)
      failed = is_well ? 0 : failed + 1
      wait_s = is_well ? WAIT_S : 0
    }
    if (this.listening === listening) this.listening = null
  }

  /** Stops listening; `listen` begins anew, with an answer at once. */
  leave(): void {
    this.listening?.abort()
    this.listening = null
    if (this.phone.account) return
    this.messages = []
    this.etag = null
    this.incidents.clear()
  }

  /** To be called every few seconds. */
  async tick(): Promise<void> {
    this.soundAlarm()
    if (this.open().length > 0 && Date.now() - this.read_at > READ_EVERY_MS) await this.readIncidents()
  }

  private async say(
    kind: 'acknowledge' | 'decline' | 'arrive',
    { message }: OrderSeen,
    said: Parameters<typeof answerOrder>[3],
  ): Promise<void> {
    await this.phone.queue.add(answerOrder(kind, message.incident_id ?? '', message.order_id ?? '', said))
    if (message.acknowledged_at === null) await this.read(message)
  }

  private async take(messages: Message[], etag: string | null): Promise<void> {
    this.messages = messages
    this.etag = etag
    await this.phone.store.put('messages', messages)
    await this.readIncidents()
    this.soundAlarm()
    this.phone.changed()
  }

  private async readIncidents(): Promise<void> {
    this.read_at = Date.now()
    const ids = orderMessages(this.messages, this.phone.now())
      .slice(0, INCIDENTS_READ)
      .map(({ incident_id }) => incident_id ?? '')
      .filter((id) => this.incidents.get(id)?.state !== 'closed')
    for (const id of new Set(ids)) {
      const answer = await this.phone.session.ask(`/dispatch/v1/incidents/${encodeURIComponent(id)}`)
      if (answer.status === 200) this.incidents.set(id, answer.body as unknown as Incident)
    }
    this.phone.changed()
  }

  /** Rings for each unanswered order, again and again for a while. */
  private soundAlarm(): void {
    const now = Date.now()
    for (const { message, stage, is_sending } of this.open()) {
      if (stage !== 'asked' || is_sending) continue
      const rung = this.rung.get(message.id) ?? { since: now, last: 0 }
      if (now - rung.since > RING_FOR_MS || now - rung.last < RING_EVERY_MS) continue
      if (rung.last === 0) {
        const mark = message.drill ? `【${t('order.drill')}】` : ''
        void this.alarm.notify(mark + t('order.new'), message.text, message.id)
      }
      this.rung.set(message.id, { ...rung, last: now })
      this.alarm.ring()
    }
  }
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms)
    signal.addEventListener('abort', () => resolve())
  })
}
