import { checkIn, checkOut, type Scan } from './acts'
import type { Link } from './code'
import { standingOf, unitFrom, type Standing, type Unit } from './duty'
import type { Phone } from './phone'
import { asLocation, mayLocate, type NoFix } from './place'
import { wordsFor } from './problems'
import type { Item, Result } from './store'

/** How long the server lets a scan count (services/checkin SCAN_GOOD_FOR). */
export const SCAN_GOOD_FOR_MS = 10 * 60_000
const READ_EVERY_MS = 60_000

/** The person's own duty: the code that was scanned, checking in and out, and how the unit stands. */
export class DutyDesk {
  scan: Scan | null = null
  unit: Unit | null = null
  /** When the unit's duty was told. */
  told_at = 0
  is_locating = false
  no_fix: NoFix | null = null
  /** When the phone's position was last taken by the server. */
  position_at: number | null = null
  private asked_at = 0
  private reported_at = 0

  constructor(private readonly phone: Phone) {
    phone.settled.add((result) => void this.hear(result))
    phone.accountChanged.add((account) => {
      if (account === null) this.unit = null
      else void this.readUnit()
    })
  }

  async start(): Promise<void> {
    this.scan = (await this.phone.store.get<Scan>('scan')) ?? null
    const kept = await this.phone.store.get<{ unit: Unit; told_at: number }>('unit')
    if (kept && this.phone.account) Object.assign(this, kept)
  }

  /** A code was scanned or typed. It and its time are kept until it has been used. */
  async take(link: Link): Promise<void> {
    this.scan = { ...link, scanned_at: this.phone.now() }
    this.no_fix = null
    await this.phone.store.put('scan', this.scan)
    this.phone.changed()
  }

  async discard(): Promise<void> {
    this.scan = null
    this.no_fix = null
    await this.phone.store.put('scan', null)
    this.phone.changed()
  }

  standing(): Standing | null {
    const { account } = this.phone
    return this.unit && account ? standingOf(this.unit, account.account_id, this.phone.now()) : null
  }

  /** The check-in or check-out that waits to be sent. */
  waiting(): Item | null {
    const waiting = this.phone.waiting().filter((item) => item.lane === 'duty')
    return waiting[waiting.length - 1] ?? null
  }

  async checkIn(pin: string | null): Promise<void> {
    const unit_id = this.scan?.unit ?? this.phone.account?.unit_id
    if (!this.scan || !unit_id || this.is_locating) return
    const { scan } = this
    this.is_locating = true
    this.no_fix = null
    this.phone.changed()
    const fix = await this.phone.locate(this.phone.result('check-in')?.code === 'outside-geofence')
    this.is_locating = false
    if (typeof fix === 'string') this.no_fix = fix
    else await this.phone.queue.add(checkIn(unit_id, scan, pin, fix))
    this.phone.changed()
  }

  async checkOut(): Promise<void> {
    const unit_id = this.phone.account?.unit_id
    if (unit_id) await this.phone.queue.add(checkOut(unit_id))
  }

  /** To be called every few seconds while the page is looked at. `hurry`: somebody is on the way to a scene. */
  async tick(hurry: boolean): Promise<void> {
    const now = Date.now()
    if (now - this.asked_at > READ_EVERY_MS) await this.readUnit()
    const is_due = now - this.reported_at > (hurry ? 15_000 : 60_000)
    if (is_due && this.standing()?.mine_until && (await mayLocate())) await this.reportPosition()
  }

  /** A unit that nobody knows the place of is not sent anywhere. */
  async reportPosition(): Promise<void> {
    const { account } = this.phone
    this.reported_at = Date.now()
    const fix = await this.phone.locate()
    if (!account?.unit_id || typeof fix === 'string') return
    const { crs, ...place } = asLocation(fix)
    const time = new Date(fix.at + this.phone.clock.offset_ms).toISOString()
    const fixes = [{ unit_id: account.unit_id, member_id: account.account_id, ...place, time }]
    const body = JSON.stringify({ fixes, crs })
    const answer = await this.phone.session.ask('/checkin/v1/positions', { method: 'POST', type: 'application/json', body })
    if (answer.status === 202 && answer.body['accepted'] === 1) this.position_at = this.phone.now()
    this.phone.changed()
  }

  async readUnit(): Promise<void> {
    const unit_id = this.phone.account?.unit_id
    if (!unit_id) return
    this.asked_at = Date.now()
    const answer = await this.phone.session.ask(`/checkin/v1/units/${encodeURIComponent(unit_id)}`)
    if (answer.status !== 200) return
    this.unit = unitFrom(answer.body)
    this.told_at = this.phone.now()
    await this.phone.store.put('unit', { unit: this.unit, told_at: this.told_at })
    this.phone.changed()
  }

  /** A code that was used, or that is refused for itself, is of no more use. */
  private async hear({ act, ok, code }: Result): Promise<void> {
    if (act.kind !== 'check-in' && act.kind !== 'check-out') return
    const is_spent = act.kind === 'check-in' && (ok || wordsFor(code).remedy === 'scan')
    if (is_spent && act.about.code === this.scan?.code) await this.discard()
    if (ok && act.kind === 'check-in') this.position_at = this.phone.now()
    await this.readUnit()
  }
}
