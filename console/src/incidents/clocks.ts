import type { Incident, Stage } from './incident'

/** `waiting`: its orders are not out yet · `running` · `overdue`: the deadline passed, nobody there · ended ones. */
export type StageState = 'waiting' | 'running' | 'overdue' | 'attained' | 'attained-late' | 'given-up'

export interface StageClock {
  stage: Stage
  state: StageState
  /** Seconds: until the deadline while it runs (negative behind it), else between the deadline and what came. */
  leftS: number
}

/** How a stage's clock stands at `nowMs` of the server's time. */
export function clockOf(incident: Incident, stage: Stage, nowMs: number): StageClock {
  const due = Date.parse(stage.due_at)
  if (stage.attained_at !== null) {
    const leftS = (due - Date.parse(stage.attained_at)) / 1000
    return { stage, state: stage.in_time === false ? 'attained-late' : 'attained', leftS }
  }
  const endedAt = incident.handed_over_at ?? incident.closed_at
  if (endedAt !== null) return { stage, state: 'given-up', leftS: (due - Date.parse(endedAt)) / 1000 }
  const leftS = (due - nowMs) / 1000
  if (stage.missed_at !== null || leftS < 0) return { stage, state: 'overdue', leftS }
  return { stage, state: Date.parse(stage.starts_at) > nowMs ? 'waiting' : 'running', leftS }
}

export function clocksOf(incident: Incident, nowMs: number): StageClock[] {
  return incident.stages.map((stage) => clockOf(incident, stage, nowMs))
}

export function isOverdue(incident: Incident, nowMs: number): boolean {
  return incident.state === 'open' && clocksOf(incident, nowMs).some((clock) => clock.state === 'overdue')
}

const GRAVITY = { critical: 0, serious: 1, minor: 2 }

/**
 * What is to be looked at first: overdue before running before handed over; then the graver; then the older.
 *
 * Each incident is looked at once, however often it is compared: a thousand of them are sorted in some milliseconds.
 */
export function byUrgency(nowMs: number): (one: Incident, other: Incident) => number {
  const ranks = new Map<Incident, number[]>()
  const rankOf = (incident: Incident): number[] => {
    const known = ranks.get(incident)
    if (known !== undefined) return known
    const rank = [
      isOverdue(incident, nowMs) ? 0 : incident.state === 'open' ? 1 : 2,
      incident.drill ? 1 : 0,
      GRAVITY[incident.severity],
      Date.parse(incident.reported_at),
    ]
    ranks.set(incident, rank)
    return rank
  }
  return (one, other) => {
    const [a, b] = [rankOf(one), rankOf(other)]
    const index = a.findIndex((value, at) => value !== b[at])
    return index < 0 ? 0 : (a[index] ?? 0) - (b[index] ?? 0)
  }
}
