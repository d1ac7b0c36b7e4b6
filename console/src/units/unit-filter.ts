import type { DutyState, SiteClass } from '../api/organisation'
import { POSITION_FRESH_S } from './unit'
import { CLASSES, DUTIES, type UnitTable } from './unit-table'

export type Freshness = 'any' | 'fresh' | 'stale'

/** Which units are wanted. Empty lists admit all; `stations` null as well. */
export interface UnitFilter {
  duties: readonly DutyState[]
  classes: readonly SiteClass[]
  /** Ids of the stations of a subtree. */
  stations: readonly string[] | null
  /** Of units that have somebody on duty: whether their position is of now. */
  freshness: Freshness
}

export const ALL_UNITS: UnitFilter = { duties: [], classes: [], stations: null, freshness: 'any' }

/** West, south, east, north in degrees. */
export type Box = readonly [number, number, number, number]

/** Seconds since the unit's position was heard; -1: it has nobody on duty, so none is expected; Infinity: never. */
export function positionAgeS(table: UnitTable, at: number, nowS: number): number {
  if (table.members[at] === 0) return -1
  return table.seen[at] === 0 ? Number.POSITIVE_INFINITY : Math.max(0, nowS - table.seen[at]!)
}

/** The indices of the units that are wanted, of those in `box`. */
export function selected(table: UnitTable, filter: UnitFilter, box: Box, nowS: number): number[] {
  const duties = mask(filter.duties, DUTIES)
  const classes = mask(filter.classes, CLASSES)
  const stations = filter.stations === null ? null : new Set(filter.stations)
  const [west, south, east, north] = box
  const found: number[] = []
  for (let at = 0; at < table.size; at += 1) {
    if (table.gone[at] === 1) continue
    const [lon, lat] = [table.lons[at]!, table.lats[at]!]
    if (lon < west || lon > east || lat < south || lat > north) continue
    if ((duties & (1 << table.duties[at]!)) === 0 || (classes & (1 << table.classes[at]!)) === 0) continue
    if (stations !== null && !stations.has(table.stations[at]!)) continue
    if (filter.freshness !== 'any') {
      const age = positionAgeS(table, at, nowS)
      if (age < 0 || (age > POSITION_FRESH_S) !== (filter.freshness === 'stale')) continue
    }
    found.push(at)
  }
  return found
}

function mask<T>(wanted: readonly T[], all: readonly T[]): number {
  const list = wanted.length === 0 ? all : wanted
  return list.reduce((bits, one) => bits | (1 << all.indexOf(one)), 0)
}
