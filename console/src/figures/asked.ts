import { dateOf, plusDays } from '../formats/dates'
import { BYS, type By, type Report } from './report'

export type Span = 'today' | 'week' | 'month' | 'own'
export const SPANS: readonly Span[] = ['today', 'week', 'month', 'own']

const DAYS: Record<Exclude<Span, 'own'>, number> = { today: 1, week: 7, month: 30 }

/** What figures are asked for. Dates are YYYY-MM-DD in the city; `to` is the last day that counts. */
export interface Asked {
  span: Span
  from: string
  to: string
  by: By
  station: string | null
  drill: boolean
}

type Query = Record<string, unknown>

/** What an address asks for; what it does not say, or says wrongly, is today's. */
export function askedOf(query: Query, today: string): Asked {
  const span = SPANS.find((one) => one === query['span']) ?? 'week'
  const [from, to] = [dateOf(query['from']) ?? plusDays(today, -6), dateOf(query['to']) ?? today]
  const days = span === 'own' ? { from, to } : { from: plusDays(today, 1 - DAYS[span]), to: today }
  const isOneDay = days.from === days.to
  return {
    span,
    ...days,
    by: BYS.find((by) => by === query['by']) ?? (isOneDay ? 'none' : 'day'),
    station: typeof query['station'] === 'string' && query['station'] !== '' ? query['station'] : null,
    drill: query['drill'] === '1',
  }
}

/** The address that asks for it. */
export function addressOf({ span, from, to, by, station, drill }: Asked): Record<string, string> {
  return {
    span,
    ...(span === 'own' ? { from, to } : {}),
    by,
    ...(station === null ? {} : { station }),
    ...(drill ? { drill: '1' } : {}),
  }
}

/** What the API is asked; it does not count the day `to` any more. */
export function queryOf({ from, to, by, station, drill }: Asked): Record<string, string | boolean | null> {
  return { from, to: plusDays(to, 1), by, station, drill }
}

/**
 * The stretch of time just before a report's, RFC 3339: as long, and cut off at the same point as the report is, which
 * counts nothing after `as_of`. A morning is compared with a morning.
 */
export function earlierOf({ window, as_of }: Pick<Report, 'window' | 'as_of'>): { from: string; to: string } {
  const [from, to] = [Date.parse(window.from), Date.parse(window.to)]
  const until = Math.max(from, Math.min(to, Date.parse(as_of)))
  const lengthMs = to - from
  return { from: new Date(from - lengthMs).toISOString(), to: new Date(until - lengthMs).toISOString() }
}
