import { dateOf, plusDays } from '../formats/dates'

/** What of the audit is asked for. Dates are YYYY-MM-DD in the city; `to` is the last day that is shown. */
export interface Asked {
  from: string
  to: string
  actor: string | null
  action: string | null
  refused: boolean
}

const DAYS = 7

/** What an address asks for; what it does not say, or says wrongly, is that of the last seven days. */
export function askedOf(query: Record<string, unknown>, today: string): Asked {
  return {
    from: dateOf(query['from']) ?? plusDays(today, 1 - DAYS),
    to: dateOf(query['to']) ?? today,
    actor: textOf(query['actor']),
    action: textOf(query['action']),
    refused: query['refused'] === '1',
  }
}

/** The address that asks for it. */
export function addressOf({ from, to, actor, action, refused }: Asked): Record<string, string> {
  return {
    from,
    to,
    ...(actor === null ? {} : { actor }),
    ...(action === null ? {} : { action }),
    ...(refused ? { refused: '1' } : {}),
  }
}

/** What the API is asked; it does not show the day `to` any more. */
export function queryOf({ from, to, actor, action, refused }: Asked): Record<string, string | boolean | null> {
  return { from, to: plusDays(to, 1), actor, action, refused: refused || null }
}

/** Whether it leaves out anything of its days. */
export function isFiltered({ actor, action, refused }: Asked): boolean {
  return actor !== null || action !== null || refused
}

export function textOf(value: unknown): string | null {
  const text = typeof value === 'string' ? value.trim() : ''
  return text === '' ? null : text
}
