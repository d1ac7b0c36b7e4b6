import type { SiteClass, Station } from '../api/organisation'
import { isWithin } from '../stations/nodes'

/** Why a unit cannot be sent. */
export type Why = 'nobody' | 'below-quorum' | 'lease-ended' | 'suspended'
export const WHYS: readonly Why[] = ['nobody', 'lease-ended', 'below-quorum', 'suspended']

/** Somebody at a post, until when (RFC 3339). Names are masked; empty: no longer registered. */
export interface OnDuty {
  member_id: string
  name: string
  post_id: string
  post_name: string
  until: string
}

/** A unit without its quorum. `missing` may be fewer than `missing_total`. */
export interface Shortfall {
  unit_id: string
  name: string
  class: SiteClass
  quorum: number
  on_duty: OnDuty[]
  missing: { member_id: string; name: string }[]
  missing_total: number
  why: Why
}

export interface StationDuty {
  station_id: string
  name: string
  path: string
  units: number
  on: number
  short: number
  off: number
  people_on: number
  shortfalls: Shortfall[]
}

/** What `/checkin/v1/duty-board` says: of `shortfalls_total` the gravest are there with their people. */
export interface Board {
  at: string
  items: StationDuty[]
  shortfalls_total: number
  shortfalls_shown: number
}

/** A node of the tree with the sums of all that is below it. `depth`: 0 for the top of what the account sees. */
export interface BranchDuty {
  station: Pick<Station, 'station_id' | 'name' | 'path'>
  depth: number
  isBranch: boolean
  units: number
  on: number
  short: number
  off: number
  peopleOn: number
}

/** A unit without its quorum, at its station. */
export interface ShortUnit extends Shortfall {
  station_id: string
  station_name: string
}

export interface Wanted {
  /** Part of the name or id of a unit, of a station's name or of somebody's masked name. */
  text: string
  /** Null: all. */
  why: Why | null
  siteClass: SiteClass | null
}

/** The tree, parents first. Where the tree itself is not known yet, the stations alone. */
export function branchesOf(tree: readonly Station[], items: readonly StationDuty[]): BranchDuty[] {
  const known = new Set(tree.map(({ path }) => path))
  const nodes = [...tree, ...items.filter(({ path }) => !known.has(path))]
    .sort((one, other) => (one.path < other.path ? -1 : 1))
  const depthOf = (path: string) => path.split('/').length
  const top = Math.min(...nodes.map(({ path }) => depthOf(path)))
  return nodes.map((station, at) => {
    const below = items.filter(({ path }) => isWithin(path, station.path))
    const sum = (count: (item: StationDuty) => number) => below.reduce((total, item) => total + count(item), 0)
    return {
      station,
      depth: depthOf(station.path) - top,
      isBranch: nodes[at + 1] !== undefined && isWithin(nodes[at + 1]!.path, station.path),
      units: sum(({ units }) => units),
      on: sum(({ on }) => on),
      short: sum(({ short }) => short),
      off: sum(({ off }) => off),
      peopleOn: sum((item) => item.people_on),
    }
  })
}

/** What is left when the branches at `closed` paths hide what is below them. */
export function unfolded(branches: readonly BranchDuty[], closed: ReadonlySet<string>): BranchDuty[] {
  const hiders = [...closed]
  return branches.filter(({ station: { path } }) => !hiders.some((above) => path !== above && isWithin(path, above)))
}

/** Units without their quorum, the gravest first, whatever station they are of. */
export function shortUnitsOf(items: readonly StationDuty[]): ShortUnit[] {
  return items
    .flatMap(({ station_id, name, shortfalls }) => (
      shortfalls.map((shortfall) => ({ ...shortfall, station_id, station_name: name }))
    ))
    .sort((one, other) => gravity(one) - gravity(other) || (one.unit_id < other.unit_id ? -1 : 1))
}

/** As the service sorts them: what is suspended is known to be so; the riskiest sites, and of these those with nobody. */
function gravity(unit: Shortfall): number {
  const ofClass = 'ABCD'.indexOf(unit.class) * 2
  return (unit.why === 'suspended' ? 100 : 0) + ofClass + (unit.why === 'below-quorum' ? 1 : 0)
}

/** Those that fit what is asked for. */
export function wantedOf(units: readonly ShortUnit[], { text, why, siteClass }: Wanted): ShortUnit[] {
  const part = text.trim().toLowerCase()
  return units.filter((unit) => (
    (why === null || unit.why === why)
    && (siteClass === null || unit.class === siteClass)
    && (part === '' || said(unit).some((word) => word.toLowerCase().includes(part)))
  ))
}

function said(unit: ShortUnit): string[] {
  const people = [...unit.on_duty, ...unit.missing].map(({ name }) => name)
  return [unit.name, unit.unit_id, unit.station_name, ...people, ...unit.on_duty.map(({ post_name }) => post_name)]
}
