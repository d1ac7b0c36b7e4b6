import { ProblemError } from '../../api/problems'

/** Refusals of the services that the desk has own words for: what it means here, and what to do. */
const REFUSALS = [
  'incident-unknown', 'incident-closed', 'incident-handed-over', 'order-unknown', 'order-not-open', 'not-your-order',
  'already-arrived', 'no-station', 'unit-busy', 'unit-unavailable', 'unit-unknown', 'already-ordered', 'no-unit-stage',
  'not-a-units-order', 'forbidden', 'unavailable',
] as const

/** The code that `desk.refused` has words for; null: what the service says must do. */
export function refusalOf(error: unknown): (typeof REFUSALS)[number] | null {
  if (!(error instanceof ProblemError)) return null
  return REFUSALS.find((code) => code === error.code) ?? null
}

/** Why a unit cannot be sent, in the matcher's codes. */
export function reasonsIn(error: unknown): string[] {
  if (!(error instanceof ProblemError)) return []
  return error.errors.filter(({ field }) => field === 'unit_id').map(({ code }) => code)
}

/** Whether the same may be sent again: nobody knows whether it arrived, or the service was not there for a moment. */
export function isWorthRepeating(error: unknown): boolean {
  if (!(error instanceof ProblemError)) return false
  return error.status === 0 || error.status === 429 || error.status >= 500
}
