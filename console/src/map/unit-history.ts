import type { DutyState } from '../api/organisation'
import type { IncidentClass, OrderStatus, Severity } from '../incidents/incident'

/** The unit's duty changed. Times are RFC 3339. */
export interface DutyEntry {
  kind: 'duty'
  at: string
  sequence: number
  came: number
  left: number
  /** Whose lease had run out. */
  lapsed: number
  before: DutyState | null
  state: DutyState
  on_duty: number
  quorum: number
}

/** An order to the unit, issued `at`. */
export interface OrderEntry {
  kind: 'order'
  at: string
  order_id: string
  incident_id: string
  class: IncidentClass
  severity: Severity
  drill: boolean
  acknowledged_at: string | null
  arrived_at: string | null
  ended_at: string | null
  ended: Extract<OrderStatus, 'declined' | 'unanswered' | 'withdrawn' | 'completed'> | null
  reason: string | null
}

export type Entry = DutyEntry | OrderEntry

export function keyOf(entry: Entry): string {
  return entry.kind === 'duty' ? `duty-${String(entry.sequence)}` : `order-${entry.order_id}`
}

/**
 * What is shown after the newest page was read anew: that page, and behind it what was shown already.
 *
 * Null: between the two something may be missing, since the page holds nothing that was shown.
 */
export function joined(page: readonly Entry[], shown: readonly Entry[]): Entry[] | null {
  const keys = new Set(page.map(keyOf))
  const behind = shown.filter((entry) => !keys.has(keyOf(entry)))
  return behind.length === shown.length ? null : [...page, ...behind]
}

export type Move = 'came' | 'left' | 'lapsed'

/** Who came and went, as far as anybody did. */
export function movesOf(entry: DutyEntry): { what: Move; n: number }[] {
  return (['came', 'left', 'lapsed'] as const).map((what) => ({ what, n: entry[what] })).filter(({ n }) => n > 0)
}

export type Change = 'met' | 'below' | 'short' | 'off'

/** What the unit became by it; null when it stayed what it was. */
export function changeOf({ before, state }: DutyEntry): Change | null {
  if (before === state) return null
  if (state === 'short') return before === 'on' ? 'below' : 'short'
  return state === 'on' ? 'met' : 'off'
}

/** What became of an order, in the order in which it happened. */
export function stepsOf(order: OrderEntry): { what: OrderStatus; at: string }[] {
  const steps = [
    { what: 'acknowledged' as const, at: order.acknowledged_at },
    { what: 'arrived' as const, at: order.arrived_at },
    { what: order.ended, at: order.ended_at },
  ]
  return steps.flatMap(({ what, at }) => (what === null || at === null ? [] : [{ what, at }]))
}
