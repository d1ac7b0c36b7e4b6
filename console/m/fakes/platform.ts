import type { Item } from '../store'
import type { Verdict } from '../verdicts'

/** The server as a queue meets it: what arrives under a key takes effect once; the way there and back may be cut. */
export class Platform {
  /** Keys in the order of their effect. */
  readonly effects: string[] = []
  /** What the next deliveries meet; then all goes well. */
  readonly weather: ('no way there' | 'no way back' | Verdict)[] = []
  readonly attempts: string[] = []

  deliver(item: Item): Promise<Verdict> {
    this.attempts.push(item.key)
    return Promise.resolve(this.verdictOn(item.key))
  }

  private verdictOn(key: string): Verdict {
    const met = this.weather.shift()
    if (met === 'no way there') return { is: 'again', after_ms: 0 }
    if (typeof met === 'object') return met
    if (!this.effects.includes(key)) this.effects.push(key)
    return met === 'no way back' ? { is: 'again', after_ms: 0 } : ACCEPTED
  }
}

const ACCEPTED: Verdict = { is: 'final', ok: true, status: 201, code: '', title: '', incident_id: null }
