import type { Order } from '../../incidents/incident'
import { isOnBehalf, type Actor, type IncidentAct, type OrderAct } from './allowed'

/** Why and how, in the codes that the events carry. `desk.code.<act>.<code>` has words for them. */
export const CODES = {
  decline: ['unavailable', 'too-few-people', 'no-equipment', 'too-far', 'not-reachable'],
  withdraw: ['not-needed', 'needed-elsewhere', 'wrong-unit', 'unsafe'],
  escalate: ['more-people-needed', 'weapon-seen', 'people-injured', 'crowd-growing', 'spreading', 'asked-from-scene'],
  clear: [
    'resolved', 'mediated', 'suspect-detained', 'person-found', 'taken-to-hospital', 'taken-over-by-police', 'nothing-found',
  ],
  cancel: ['false-alarm', 'duplicate', 'withdrawn-by-caller', 'wrong-place', 'test'],
} as const

export type ActWithCode = keyof typeof CODES

export function hasCode(act: IncidentAct | OrderAct): act is ActWithCode {
  return act in CODES
}

export const NOTE_MAX = 4000
const WITH_NOTE: readonly (IncidentAct | OrderAct)[] = ['sighting', 'hand-over', 'clear']

export function hasNote(act: IncidentAct | OrderAct): boolean {
  return WITH_NOTE.includes(act)
}

/** What was filled in for an act. */
export interface Filled {
  code: string
  note: string
  /** Whom the scene is handed over to: a station; for `order`, the unit. */
  to: string
  /** Of a unit that is stood down: look for somebody else in its place. */
  replace: boolean
}

export interface Request {
  path: string
  body: Record<string, unknown>
}

/** The request of an act on an incident. */
export function requestOf(incidentId: string, act: IncidentAct, filled: Filled): Request {
  const at = `/dispatch/v1/incidents/${encodeURIComponent(incidentId)}`
  const note = filled.note.trim()
  switch (act) {
    case 'order':
      return { path: `${at}/orders`, body: { unit_id: filled.to } }
    case 'escalate':
      return { path: `${at}/escalate`, body: { reason: filled.code } }
    case 'sighting':
      return { path: `${at}/sightings`, body: { note } }
    case 'hand-over':
      return { path: `${at}/handover`, body: { to: filled.to, note } }
    case 'clear':
      return { path: `${at}/clear`, body: { outcome: filled.code, note } }
    case 'cancel':
      return { path: `${at}/cancel`, body: { reason: filled.code } }
  }
}

/** The request of an act on an order. Who is at the scene was heard, not measured: an arrival is marked manual. */
export function orderRequestOf(
  incidentId: string, order: Order, act: OrderAct, filled: Filled, actor: Actor,
): Request {
  const at = `/dispatch/v1/incidents/${encodeURIComponent(incidentId)}/orders/${encodeURIComponent(order.order_id)}`
  const onBehalf = { on_behalf: isOnBehalf(order, actor) }
  switch (act) {
    case 'acknowledge':
      return { path: `${at}/acknowledge`, body: onBehalf }
    case 'arrive':
      return { path: `${at}/arrive`, body: { ...onBehalf, manual: true } }
    case 'decline':
      return { path: `${at}/decline`, body: { ...onBehalf, reason: filled.code } }
    case 'withdraw':
      return { path: `${at}/withdraw`, body: { reason: filled.code, replace: filled.replace } }
  }
}
