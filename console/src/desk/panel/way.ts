import type { Order } from '../../incidents/incident'

/** What is awaited of an order: an answer, or an arrival. Seconds until then; behind it negative. */
export interface Awaited {
  what: 'answer' | 'arrival'
  leftS: number
}

/** How an order stands at `nowMs` of the server's time; null: nothing is awaited, or nobody knows when. */
export function awaitedOf(order: Order, nowMs: number): Awaited | null {
  if (order.status === 'issued' && order.respond_by !== null) {
    return { what: 'answer', leftS: (Date.parse(order.respond_by) - nowMs) / 1000 }
  }
  if (order.status === 'acknowledged' && order.eta_s !== null) {
    const begun = Date.parse(order.acknowledged_at ?? order.issued_at)
    return { what: 'arrival', leftS: (begun - nowMs) / 1000 + order.eta_s }
  }
  return null
}

/** Those under way first, in the order in which they were issued; behind them what has ended, the last first. */
export function inOrder(orders: readonly Order[]): Order[] {
  const underWay = orders.filter(({ ended_at: at }) => at === null)
  const ended = orders.filter(({ ended_at: at }) => at !== null)
  return [...underWay, ...ended.sort((one, other) => (other.ended_at ?? '').localeCompare(one.ended_at ?? ''))]
}
