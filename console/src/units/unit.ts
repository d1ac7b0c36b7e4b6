import type { DutyState, SiteClass } from '../api/organisation'

/** Why a unit that is on duty may not be sent. */
export type Busy = 'ordered' | 'resting' | 'suspended'

/** A unit as the map knows it. */
export interface UnitRow {
  unit_id: string
  name: string
  class: SiteClass
  station_id: string
  lon: number
  lat: number
  duty: DutyState
  /** People on duty, and how many the unit must have to be sent. */
  members: number
  quorum: number
  /** When its position was last heard, seconds since 1970; null: never. */
  seen_at: number | null
  busy: Busy | null
}

/** Behind this a position says where the unit was, not where it is: dispatch sends no unit whose position is older, by default. */
export const POSITION_FRESH_S = 1800

export interface DutyCounts {
  units: number
  on: number
  short: number
  off: number
}

export const NO_UNITS: DutyCounts = { units: 0, on: 0, short: 0, off: 0 }
