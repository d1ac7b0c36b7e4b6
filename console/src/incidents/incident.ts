import type { Place } from '../api/organisation'

export const INCIDENT_CLASSES = [
  'serious-violence', 'public-order', 'accident', 'rescue', 'missing-person', 'self-harm',
] as const
export type IncidentClass = (typeof INCIDENT_CLASSES)[number]

export const SEVERITIES = ['minor', 'serious', 'critical'] as const
export type Severity = (typeof SEVERITIES)[number]

export type IncidentState = 'open' | 'handed-over' | 'closed'
export type AssigneeKind = 'unit' | 'police'
export type OrderStatus = 'issued' | 'acknowledged' | 'arrived' | 'declined' | 'unanswered' | 'withdrawn' | 'completed'

export interface Source {
  kind: 'station' | 'unit' | 'external'
  id: string
}

/** An order and how far it is. Times are RFC 3339. */
export interface Order {
  order_id: string
  round: number
  stage: number
  assignee_kind: AssigneeKind
  assignee_id: string
  assignee_station_id: string
  role: 'respond' | 'observe'
  status: OrderStatus
  distance_m: number | null
  eta_s: number | null
  issued_at: string
  respond_by: string | null
  acknowledged_at: string | null
  arrived_at: string | null
  manual: boolean
  ended_at: string | null
  reason: string | null
}

/** A stage of 1-3-5 and how far it is. */
export interface Stage {
  number: number
  meaning: string
  assignee: AssigneeKind
  count: number
  attained_by: 'acknowledged' | 'arrived'
  starts_at: string
  due_at: string
  started_at: string | null
  attained_at: string | null
  in_time: boolean | null
  missed_at: string | null
}

/** A unit that the matcher looked at, with its reasons. */
export interface Candidate {
  unit_id: string
  station_id: string
  chosen: boolean
  role: 'respond' | 'observe'
  distance_m: number
  eta_s: number
  members_on_duty: number
  reasons: string[]
}

/** What the matcher saw in one round. */
export interface Considered {
  round: number
  stage: number
  at: string
  candidates: Candidate[]
  missing: number
}

/** An incident as lists show it. */
export interface Summary {
  incident_id: string
  state: IncidentState
  class: IncidentClass
  severity: Severity
  drill: boolean
  station_id: string
  path: string
  location: Place
  description: string
  source: Source
  external_id: string | null
  reported_at: string
  closed_at: string | null
  level: number
}

/** An incident with everything that happened in it so far. */
export interface Incident extends Summary {
  /** Of the last event that is in it. */
  sequence: number
  photo_url: string | null
  reported_by: string
  playbook_name: string
  arrival_radius_m: number
  /** Seconds that an assignee has to answer. */
  silence_s: number
  stages: Stage[]
  orders: Order[]
  considered: Considered[]
  broadcast: boolean
  handed_over_to: string | null
  handed_over_at: string | null
  closed_by: string | null
  outcome: string | null
  cancelled: boolean
  /** In order, from the first. */
  events: IncidentEvent[]
}

/** One event of an incident, as the routes and the stream tell it. */
export interface IncidentEvent {
  sequence: number
  id: string
  /** E.g. meu.dispatch.order-issued.v1. */
  type: string
  time: string
  data: EventBody
}

/** What every event says. */
export interface EventBody {
  incident_id: string
  station_id: string
  path: string
  drill: boolean
  at: string
  /** Who caused it: an account, a system, `clock` or `matcher`. */
  by: string
  [name: string]: unknown
}

/** `order-issued` of `meu.dispatch.order-issued.v1`. */
export function kindOf(event: IncidentEvent): string {
  const parts = event.type.split('.')
  return parts[parts.length - 2] ?? event.type
}

const ENDED: readonly OrderStatus[] = ['declined', 'unanswered', 'withdrawn', 'completed']

/** Whether somebody is still asked, on the way, or at the scene. */
export function isUnderWay(order: Order): boolean {
  return !ENDED.includes(order.status)
}
