import { sos, type SosClass } from './acts'
import { t } from './language'
import type { Incident } from './orders'
import type { Phone } from './phone'
import type { Fix } from './place'
import type { Item, Result } from './store'
import { clockTime, span } from './times'

const FOLLOWED_MS = 2 * 3600_000
const FIX_AWAITED_MS = 3000
const FRESH_MS = 60_000
const OLD_MS = 30 * 60_000
const UNIT_ACCURACY_M = 1000

/** Calling for help, and what comes of it. */
export class SosDesk {
  chosen: SosClass = 'serious-violence'
  incident: Incident | null = null
  private locating: Promise<unknown> | null = null

  constructor(
    private readonly phone: Phone,
    /** Where the unit is: better than nothing. */
    private readonly unitPlace: () => { lon: number; lat: number } | null,
  ) {
    phone.settled.add(({ act }) => {
      if (act.kind === 'sos') void this.follow()
    })
    phone.accountChanged.add(() => {
      this.incident = null
    })
  }

  /** Begins to look where the phone is, so that the call itself need not wait. */
  warmUp(): void {
    this.locating ??= this.phone.locate().finally(() => {
      this.locating = null
      this.phone.changed()
    })
  }

  waiting(): Item | null {
    return this.phone.waiting().find((item) => item.lane === 'sos') ?? null
  }

  /** The last call that has its answer and is still of interest. */
  answered(): Result | null {
    const result = this.phone.result('sos')
    return result && this.phone.now() - result.at < FOLLOWED_MS ? result : null
  }

  /** False: there is no place at all to send help to. */
  async call(): Promise<boolean> {
    const pressed_at = this.phone.now()
    this.incident = null
    this.warmUp()
    await Promise.race([this.locating, new Promise((resolve) => setTimeout(resolve, this.isFresh() ? 0 : FIX_AWAITED_MS))])
    const best = this.bestPlace()
    if (!best) return false
    const description = [t('sos.text', { time: clockTime(pressed_at) }), best.note].join('')
    await this.phone.queue.add(sos(this.chosen, best.fix, description))
    return true
  }

  /** Reads how the help that was called for is coming. */
  async follow(): Promise<void> {
    const incident_id = this.answered()?.incident_id
    if (!incident_id || this.incident?.state === 'closed') return
    const answer = await this.phone.session.ask(`/dispatch/v1/incidents/${encodeURIComponent(incident_id)}`)
    if (answer.status === 200) this.incident = answer.body as unknown as Incident
    this.phone.changed()
  }

  private isFresh(): boolean {
    return this.phone.fix !== null && Date.now() - this.phone.fix.at < FRESH_MS
  }

  private bestPlace(): { fix: Fix; note: string } | null {
    const { fix } = this.phone
    const age_ms = fix ? Date.now() - fix.at : Infinity
    if (fix && age_ms < OLD_MS) {
      return { fix, note: age_ms < FRESH_MS ? '' : t('sos.text.old-fix', { time: span(age_ms) }) }
    }
    const place = this.unitPlace()
    return place && { fix: { ...place, accuracy_m: UNIT_ACCURACY_M, at: Date.now() }, note: t('sos.text.no-fix') }
  }
}
