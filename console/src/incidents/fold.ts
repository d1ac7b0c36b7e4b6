import type {
  Considering, Ended, Escalated, HandedOver, Issued, OfOrder, OfStage, PlaybookStage, Reported,
} from './bodies'
import { kindOf, type EventBody, type Incident, type IncidentEvent, type Order, type Stage } from './incident'

const LEVEL_TOLD: Record<string, number> = { station: 1, district: 2, city: 3 }

const POLICE_UNANSWERED = 'police-unanswered'

type Change<B extends EventBody> = (incident: Incident, body: B) => Partial<Incident>

/** What each event changes; one that is not here is told in the timeline and changes nothing else. */
const CHANGES: Record<string, Change<never>> = {
  'reinforcement-requested': (incident, body: OfStage) => withStage(incident, body.stage, (stage) => ({
    started_at: stage.started_at ?? body.at,
  })),
  'units-considered': (incident, body: Considering) => ({
    considered: [...incident.considered, { ...pick(body), at: body.at }],
  }),
  'order-issued': (incident, body: Issued) => ({
    orders: [...incident.orders, issued(body)],
    ...(body.assignee_kind === 'police' ? withStage(incident, body.stage, () => ({ started_at: body.at })) : {}),
  }),
  'order-acknowledged': (incident, body: OfOrder) => withOrder(incident, body, {
    status: 'acknowledged', acknowledged_at: body.at,
  }),
  'assignee-arrived': (incident, body: OfOrder) => withOrder(incident, body, {
    status: 'arrived', arrived_at: body.at, manual: body.manual ?? false,
  }),
  'order-declined': (incident, body: OfOrder) => withOrder(incident, body, ended('declined', body)),
  'order-unanswered': (incident, body: OfOrder) => withOrder(incident, body, ended('unanswered', body)),
  'order-withdrawn': (incident, body: OfOrder) => withOrder(incident, body, ended('withdrawn', body)),
  'order-completed': (incident, body: OfOrder) => withOrder(incident, body, ended('completed', body)),
  'stage-attained': (incident, body: OfStage) => withStage(incident, body.stage, () => ({
    attained_at: body.at, in_time: body.in_time ?? null,
  })),
  'stage-missed': (incident, body: OfStage) => withStage(incident, body.stage, () => ({ missed_at: body.at })),
  'incident-escalated': (incident, body: Escalated) => ({
    level: body.level,
    ...(body.reason === POLICE_UNANSWERED ? { orders: incident.orders.map(reminded(incident, body.at)) } : {}),
  }),
  'broadcast-ordered': () => ({ broadcast: true }),
  'broadcast-recalled': () => ({ broadcast: false }),
  'handed-over': (_, body: HandedOver) => ({
    state: 'handed-over', handed_over_at: body.at, handed_over_to: body.to,
  }),
  'incident-cleared': (_, body: Ended) => ({ ...closed(body), outcome: body.outcome ?? null }),
  'incident-cancelled': (_, body: Ended) => ({ ...closed(body), outcome: body.reason ?? null, cancelled: true }),
}

/**
 * The incident after these events, which are in order.
 *
 * Events that are in it already change nothing, so nothing goes backwards. `gap`: an event in between is missing; what
 * comes behind it is not applied.
 */
export function fold(
  before: Incident | null, events: readonly IncidentEvent[],
): { incident: Incident | null; gap: boolean } {
  let incident = before
  for (const event of events) {
    const sequence = incident?.sequence ?? 0
    if (event.sequence <= sequence) continue
    if (event.sequence !== sequence + 1) return { incident, gap: true }
    incident = incident === null ? reported(event) : after(incident, event)
  }
  return { incident, gap: false }
}

function after(incident: Incident, event: IncidentEvent): Incident {
  const change = CHANGES[kindOf(event)] as Change<EventBody> | undefined
  const common = { sequence: event.sequence, events: [...incident.events, event] }
  return { ...incident, ...change?.(incident, event.data), ...common }
}

function reported(event: IncidentEvent): Incident {
  const body = event.data as Reported
  return {
    incident_id: body.incident_id,
    state: 'open',
    class: body.incident_class,
    severity: body.severity,
    drill: body.drill,
    station_id: body.station_id,
    path: body.path,
    location: body.location,
    description: body.description,
    source: body.source,
    external_id: body.external_id,
    reported_at: body.at,
    closed_at: null,
    level: Math.max(0, ...body.playbook.tell.map((told) => LEVEL_TOLD[told] ?? 0)),
    sequence: event.sequence,
    photo_url: body.photo_url,
    reported_by: body.by,
    playbook_name: body.playbook.name,
    arrival_radius_m: body.playbook.arrival_radius_m,
    silence_s: body.playbook.silence_s,
    stages: body.playbook.stages.map((stage) => planned(stage, Date.parse(body.at))),
    orders: [],
    considered: [],
    broadcast: false,
    handed_over_to: null,
    handed_over_at: null,
    closed_by: null,
    outcome: null,
    cancelled: false,
    events: [event],
  }
}

function planned(stage: PlaybookStage, reportedAtMs: number): Stage {
  const after = (seconds: number) => new Date(reportedAtMs + seconds * 1000).toISOString()
  return {
    number: stage.number,
    meaning: stage.meaning,
    assignee: stage.need.assignee,
    count: stage.need.count,
    attained_by: stage.attained_by,
    starts_at: after(stage.starts_after_s),
    due_at: after(stage.due_after_s),
    started_at: null,
    attained_at: null,
    in_time: null,
    missed_at: null,
  }
}

function issued(body: Issued): Order {
  return {
    order_id: body.order_id,
    round: body.round,
    stage: body.stage,
    assignee_kind: body.assignee_kind,
    assignee_id: body.assignee_id,
    assignee_station_id: body.assignee_station_id,
    role: body.role,
    status: 'issued',
    distance_m: body.distance_m,
    eta_s: body.eta_s,
    issued_at: body.at,
    respond_by: body.respond_by,
    acknowledged_at: null,
    arrived_at: null,
    manual: false,
    ended_at: null,
    reason: null,
  }
}

/** Police whose time to answer had passed were told again, and have as long as before. */
function reminded(incident: Incident, at: string): (order: Order) => Order {
  const respondBy = new Date(Date.parse(at) + incident.silence_s * 1000).toISOString()
  return (order) => {
    const isSilent = order.status === 'issued' && order.respond_by !== null && order.respond_by <= at
    return isSilent && order.assignee_kind === 'police' ? { ...order, respond_by: respondBy } : order
  }
}

function ended(status: Order['status'], body: OfOrder): Partial<Order> {
  return { status, ended_at: body.at, reason: body.reason ?? null }
}

function closed(body: Ended): Partial<Incident> {
  return { state: 'closed', closed_at: body.at, closed_by: body.by }
}

function pick({ round, stage, candidates, missing }: Considering) {
  return { round, stage, candidates, missing }
}

function withOrder(incident: Incident, body: OfOrder, change: Partial<Order>): Partial<Incident> {
  return {
    orders: incident.orders.map((order) => (order.order_id === body.order_id ? { ...order, ...change } : order)),
  }
}

function withStage(incident: Incident, number: number, change: (stage: Stage) => Partial<Stage>): Partial<Incident> {
  return {
    stages: incident.stages.map((stage) => (stage.number === number ? { ...stage, ...change(stage) } : stage)),
  }
}
