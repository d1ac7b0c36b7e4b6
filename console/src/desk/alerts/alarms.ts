import { clocksOf } from '../../incidents/clocks'
import type { Incident } from '../../incidents/incident'

/** Something that somebody should look at now. */
export interface Alarm {
  kind: 'new' | 'overdue'
  incident: Incident
  /** The stage whose time is up. */
  stage: number | null
}

/** Older ones come to be seen by a reload, or by a unit that was lent: they are no news. */
const NEWS_MS = 10 * 60_000

/**
 * What is new or became overdue since the last look, each once.
 *
 * The first look only learns what there is. An incident that is overdue when it is first seen is new, and no more.
 */
export class AlarmWatch {
  private known: Set<string> | null = null
  private readonly overdue = new Set<string>()

  /** `own`: the account that looks; what it reported itself is no news to it. */
  look(open: readonly Incident[], own: string | null, nowMs: number): Alarm[] {
    const before = this.known
    this.known = new Set(open.map(({ incident_id: id }) => id))
    const alarms = open.flatMap((incident) => this.alarmsOf(incident, before, own, nowMs))
    return before === null ? [] : alarms
  }

  /** Begin anew: the next look only learns. */
  forget(): void {
    this.known = null
    this.overdue.clear()
  }

  private alarmsOf(incident: Incident, before: Set<string> | null, own: string | null, nowMs: number): Alarm[] {
    const isNew = before?.has(incident.incident_id) !== true
    const late = clocksOf(incident, nowMs)
      .filter(({ state }) => state === 'overdue')
      .map(({ stage }) => stage.number)
      .filter((stage) => !this.overdue.has(`${incident.incident_id}:${String(stage)}`))
    for (const stage of late) this.overdue.add(`${incident.incident_id}:${String(stage)}`)
    if (!isNew) return late.map((stage) => ({ kind: 'overdue', incident, stage }))
    const isNews = nowMs - Date.parse(incident.reported_at) < NEWS_MS && incident.reported_by !== own
    return isNews ? [{ kind: 'new', incident, stage: null }] : []
  }
}

/** Which of them is worth a sound: what is real before exercises, the graver first. */
export function gravest(alarms: readonly Alarm[]): Alarm | null {
  const weight = ({ incident, kind }: Alarm) => (
    (incident.drill ? 0 : 100) + { critical: 30, serious: 20, minor: 10 }[incident.severity] + (kind === 'new' ? 1 : 0)
  )
  return [...alarms].sort((one, other) => weight(other) - weight(one))[0] ?? null
}
