import { kindOf, type Incident } from '../../incidents/incident'

/** Who said of an order that it is followed, or that somebody is there. */
export interface Answer {
  by: string
  at: string
  /** Said for the assignee by who heard it on the radio. */
  onBehalf: boolean
}

export interface Answers {
  acknowledged: Answer | null
  arrived: Answer | null
}

/** The answers to each order, by its id. */
export function answersOf(incident: Incident): Map<string, Answers> {
  const answers = new Map<string, Answers>()
  for (const event of incident.events) {
    const kind = kindOf(event)
    if (kind !== 'order-acknowledged' && kind !== 'assignee-arrived') continue
    const { order_id: orderId, on_behalf: onBehalf, by, at } = event.data
    const known = answers.get(String(orderId)) ?? { acknowledged: null, arrived: null }
    const answer = { by, at, onBehalf: onBehalf === true }
    answers.set(String(orderId), { ...known, [kind === 'order-acknowledged' ? 'acknowledged' : 'arrived']: answer })
  }
  return answers
}
