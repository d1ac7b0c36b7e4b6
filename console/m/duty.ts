import type { Json } from './http'

/** A unit and its duty, as `GET /checkin/v1/units/{unit}` tells it. */
export interface Unit {
  unit_id: string
  name: string
  quorum: number
  suspended: boolean
  location: { lon: number; lat: number }
  posts: { post_id: string; name: string }[]
  duty: { state: 'off' | 'short' | 'on'; until: string | null; on_duty: { member_id: string; post_id: string; until: string }[] }
}

/** What the person wants to know of it. Times in milliseconds since 1970. */
export interface Standing {
  state: 'off' | 'short' | 'on'
  /** Until when the person is on duty; null: is not. */
  mine_until: number | null
  post: string | null
  /** How many others are on duty. */
  others: number
  /** How many are missing for the unit to be sent. */
  missing: number
  /** The own duty ends soon enough to think of renewing it. */
  ends_soon: boolean
}

const SOON_MS = 30 * 60_000

export function unitFrom(body: Json): Unit {
  return body as unknown as Unit
}

/** The unit's duty as this member sees it at `now`: a lease that has run out by now does not count. */
export function standingOf(unit: Unit, member_id: string, now: number): Standing {
  const leases = unit.duty.on_duty.filter((lease) => Date.parse(lease.until) > now)
  const mine = leases.find((lease) => lease.member_id === member_id)
  const mine_until = mine ? Date.parse(mine.until) : null
  const missing = Math.max(0, unit.quorum - leases.length)
  return {
    state: leases.length === 0 ? 'off' : missing > 0 ? 'short' : 'on',
    mine_until,
    post: unit.posts.find((post) => post.post_id === mine?.post_id)?.name ?? null,
    others: leases.length - (mine ? 1 : 0),
    missing,
    ends_soon: mine_until !== null && mine_until - now < SOON_MS,
  }
}
