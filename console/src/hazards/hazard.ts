import type { Place } from '../api/organisation'

export const HAZARDS = '/checkin/v1/hazards'
export const PAGE = 50
export const NOTE_MAX = 2000
/** How far it has come. */
export const STATUSES = ['reported', 'rectified', 'verified'] as const
export type Status = (typeof STATUSES)[number]
export type Act = 'rectify' | 'verify'

/** Who, when (RFC 3339), and in which words. */
export interface Step {
  by: string
  at: string
  note: string
}

/** A hazard as `/checkin/v1/hazards` tells of it. */
export interface Hazard {
  hazard_id: string
  status: Status
  kind: string
  note: string
  unit_id: string
  station_id: string
  path: string
  location: Place
  accuracy_m: number
  has_photo: boolean
  found_at: string
  reported_at: string
  reported_by: string
  rectified: Step | null
  verified: Step | null
}

export interface Told extends Step {
  status: Status
}

export const pathOf = (hazardId: string) => `${HAZARDS}/${encodeURIComponent(hazardId)}`

/** What this account may do about it: who put it right does not verify it. Null: nothing. */
export function actOn({ status, rectified }: Hazard, accountId: string | undefined): Act | null {
  if (status === 'reported') return 'rectify'
  return status === 'rectified' && rectified?.by !== accountId ? 'verify' : null
}

/** What happened, the first thing first. */
export function storyOf({ reported_by: by, reported_at: at, note, rectified, verified }: Hazard): Told[] {
  const steps: [Status, Step | null][] = [['reported', { by, at, note }], ['rectified', rectified], ['verified', verified]]
  return steps.flatMap(([status, step]) => (step === null ? [] : [{ status, ...step }]))
}

/** The list with the hazard as it is now, in its place; where it is not in it, as it was. */
export function withNewer(list: readonly Hazard[], newer: Hazard): Hazard[] {
  return list.map((one) => (one.hazard_id === newer.hazard_id ? newer : one))
}

/** The one `by` places behind the chosen one; the first where none is chosen. It stays at both ends. */
export function neighbourOf(list: readonly Hazard[], chosenId: string | null, by: number): Hazard | null {
  const at = list.findIndex(({ hazard_id: id }) => id === chosenId)
  return list[at === -1 ? 0 : Math.min(Math.max(at + by, 0), list.length - 1)] ?? null
}
