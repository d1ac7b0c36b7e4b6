import type { IncidentClass } from '../incidents/incident'

export type By = 'none' | 'day' | 'station' | 'class'
export const BYS: readonly By[] = ['none', 'day', 'station', 'class']

/** Seconds; null: nothing was measured. */
export interface Spread {
  p50_s: number | null
  p90_s: number | null
  p99_s: number | null
}

/** `never`: nobody came (or answered) and nobody will; they are not in the spread. */
export interface Responses {
  total: number
  done: number
  never: number
  stood_down: number
  open: number
  spread: Spread
}

/** A stage of 1-3-5; `due`: incidents in which it was attained or its deadline passed. */
export interface Attainment {
  stage: number
  due: number
  in_time: number
  late: number
  missed: number
  share: number | null
}

export interface Reach {
  recipients: number
  reached: number
  acknowledged: number
  failed: number
  share: number | null
}

export interface Coverage {
  /** Unit-seconds on duty with the quorum met, and registered. */
  on_duty_s: number
  registered_s: number
  share: number | null
}

export interface Figures {
  incidents: Partial<Record<IncidentClass, number>>
  cancelled: number
  acknowledged: Responses
  arrived: Responses
  first_arrived: Responses
  stages: Attainment[]
  reach: Reach
  /** Null for drills and by class. */
  coverage: Coverage | null
}

/** `key`: a date, an incident class or a station's id; empty by none. */
export interface Row {
  key: string
  name: string
  figures: Figures
}

/** What `/analytics/v1/figures` answers. */
export interface Report {
  window: { from: string; to: string }
  by: By
  drill: boolean
  as_of: string
  rows: Row[]
}

/** All incidents, whatever their class. */
export function incidentsOf({ incidents }: Figures): number {
  return Object.values(incidents).reduce((sum, count) => sum + count, 0)
}
