import { cityFormat } from './zone'

/** Dates without a time, YYYY-MM-DD. */
const DAY_MS = 86_400_000

export function plusDays(date: string, days: number): string {
  return new Date(Date.parse(`${date}T00:00:00Z`) + days * DAY_MS).toISOString().slice(0, 10)
}

/** The date that the city's clocks show at `ms`. */
export function dateAt(ms: number): string {
  return cityFormat('sv', { dateStyle: 'short' }).format(ms) // Swedes write dates as ISO 8601 does
}

/** The text, if it is a date. */
export function dateOf(text: unknown): string | null {
  if (typeof text !== 'string' || !/^\d{4}-\d\d-\d\d$/.test(text)) return null
  return Number.isNaN(Date.parse(`${text}T00:00:00Z`)) ? null : text
}
