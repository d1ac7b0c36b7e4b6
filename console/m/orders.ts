import type { Item } from './store'

/** A message, as `GET /notify/v1/inbox` tells it. `withdrawn`: why it no longer matters; `answered` is an order under way. */
export interface Message {
  id: string
  incident_id: string | null
  order_id: string | null
  purpose: string
  drill: boolean
  number: string
  text: string
  photo_url: string | null
  at: string
  expires_at: string
  acknowledged_at: string | null
  withdrawn: string | null
}

/** An incident, as `GET /dispatch/v1/incidents/{id}` tells it to who is ordered there. */
export interface Incident {
  incident_id: string
  state: 'open' | 'handed-over' | 'closed'
  class: string
  severity: string
  drill: boolean
  location: { lon: number; lat: number }
  description: string | null
  reported_at: string
  orders: Order[]
}

export interface Order {
  order_id: string
  assignee_kind: 'unit' | 'police'
  assignee_id: string
  role: 'respond' | 'observe'
  status: 'issued' | 'acknowledged' | 'arrived' | 'declined' | 'unanswered' | 'withdrawn' | 'completed'
  distance_m: number | null
  eta_s: number | null
  respond_by?: string | null
  reason?: string | null
}

/** How far an order is: `asked` waits for an answer; over: nothing is left to do. */
export type Stage = 'asked' | 'coming' | 'there' | 'over'

export interface OrderSeen {
  message: Message
  incident: Incident | null
  order: Order | null
  stage: Stage
  /** An answer of this phone's is still on its way. */
  is_sending: boolean
}

const KEPT_MS = 12 * 3600_000
const STAND_DOWN_MS = 2 * 3600_000
const STAGES: Record<Order['status'], Stage> = {
  issued: 'asked',
  acknowledged: 'coming',
  arrived: 'there',
  declined: 'over',
  unanswered: 'over',
  withdrawn: 'over',
  completed: 'over',
}

/** The orders that still want something of somebody, newest first. */
export function openOrders(
  messages: readonly Message[],
  incidents: ReadonlyMap<string, Incident>,
  waiting: readonly Item[],
  now: number,
): OrderSeen[] {
  return orderMessages(messages, now)
    .map((message) => seen(message, incidents.get(message.incident_id ?? '') ?? null, waiting, now))
    .filter(({ stage }) => stage !== 'over')
}

/** Messages with an order that may still be open, one an order, newest first. */
export function orderMessages(messages: readonly Message[], now: number): Message[] {
  const known = new Set<string>()
  return messages.filter((message) => {
    const { purpose, order_id, incident_id, at } = message
    if (purpose !== 'order' || order_id === null || incident_id === null || known.has(order_id)) return false
    known.add(order_id)
    return now - Date.parse(at) < KEPT_MS
  })
}

/** Orders to turn back that the person has not read yet, newest first. */
export function standDowns(messages: readonly Message[], waiting: readonly Item[], now: number): Message[] {
  return messages.filter(
    (message) =>
      message.purpose === 'stand-down' &&
      !isRead(message, waiting) &&
      now - Date.parse(message.at) < STAND_DOWN_MS,
  )
}

/** Whether the person has read it, told to the server or not yet. */
export function isRead(message: Message, waiting: readonly Item[]): boolean {
  return message.acknowledged_at !== null || waiting.some((item) => item.act.about.message_id === message.id)
}

function seen(message: Message, incident: Incident | null, waiting: readonly Item[], now: number): OrderSeen {
  const order = incident?.orders.find(({ order_id }) => order_id === message.order_id) ?? null
  const answers = waiting.filter(({ act }) => act.kind !== 'read' && act.about.order_id === message.order_id)
  const said = answers[answers.length - 1]
  const known = stageOf(message, incident, order, now)
  return { message, incident, order, stage: said && known !== 'over' ? saidStage(said) : known, is_sending: !!said }
}

function stageOf(message: Message, incident: Incident | null, order: Order | null, now: number): Stage {
  if (incident?.state === 'closed') return 'over'
  if (order) return STAGES[order.status]
  // The incident could not be read (yet): the message alone has to do.
  if (message.withdrawn === 'answered') return 'coming'
  return message.withdrawn === null && Date.parse(message.expires_at) > now ? 'asked' : 'over'
}

function saidStage({ act }: Item): Stage {
  if (act.kind === 'decline') return 'over'
  return act.kind === 'arrive' ? 'there' : 'coming'
}
