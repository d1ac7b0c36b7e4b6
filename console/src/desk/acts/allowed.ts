import type { Account } from '../../api/session'
import type { Incident, Order } from '../../incidents/incident'
import { isWithin } from '../../stations/nodes'

/** What can be done about an incident, and about one of its orders. */
const INCIDENT_ACTS = ['order', 'escalate', 'sighting', 'hand-over', 'clear', 'cancel'] as const
const ORDER_ACTS = ['acknowledge', 'arrive', 'decline', 'withdraw'] as const
export type IncidentAct = (typeof INCIDENT_ACTS)[number]
export type OrderAct = (typeof ORDER_ACTS)[number]

/** Who acts: what the services decide by. */
export type Actor = Pick<Account, 'role' | 'path' | 'station_id'>

/** Acts that only those have to whose subtree the incident belongs: lending a unit gives no say in how it ends. */
const OF_OWNERS: readonly IncidentAct[] = ['order', 'clear', 'cancel']

/** What `actor` may do about the incident as it is now. The services decide again. */
export function actsOn(incident: Incident, actor: Actor): IncidentAct[] {
  if (incident.state === 'closed') return []
  const later: readonly IncidentAct[] = ['sighting', 'clear', 'cancel']
  return INCIDENT_ACTS
    .filter((act) => incident.state === 'open' || later.includes(act))
    .filter((act) => isOwner(incident, actor) || !OF_OWNERS.includes(act))
}

/** What `actor` may do about the order as it is now. */
export function actsOnOrder(incident: Incident, order: Order, actor: Actor): OrderAct[] {
  if (incident.state === 'closed' || !mayAnswerFor(incident, order, actor)) return []
  return ORDER_ACTS.filter((act) => isTimely(act, order) && (act !== 'withdraw' || isOwner(incident, actor)))
}

/** Whether `actor` only says for somebody else what was heard by radio. */
export function isOnBehalf(order: Order, actor: Actor): boolean {
  return actor.role !== 'officer' || actor.station_id !== order.assignee_id
}

/** The order that is meant when none was chosen: of those that still have to be answered, the one that lapses first. */
export function nextToAnswer(incident: Incident, actor: Actor): Order | null {
  const open = incident.orders.filter((order) => actsOnOrder(incident, order, actor).includes('acknowledge'))
  return open.sort((one, other) => (one.respond_by ?? '').localeCompare(other.respond_by ?? ''))[0] ?? null
}

function isTimely(act: OrderAct, order: Order): boolean {
  switch (act) {
    case 'acknowledge':
      return order.status === 'issued'
    case 'arrive':
    case 'decline':
      return order.status === 'issued' || order.status === 'acknowledged'
    case 'withdraw':
      return order.assignee_kind === 'unit' && ['issued', 'acknowledged', 'arrived'].includes(order.status)
  }
}

function isOwner(incident: Incident, actor: Actor): boolean {
  return isWithin(incident.path, actor.path)
}

function mayAnswerFor(incident: Incident, order: Order, actor: Actor): boolean {
  return isOwner(incident, actor) || (actor.station_id !== null && order.assignee_station_id === actor.station_id)
}
