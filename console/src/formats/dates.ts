/** Dates without a time, YYYY-MM-DD. */
const DAY_MS = 86_400_000

export function plusDays(date: string, days: number): string {
  return new Date(Date.parse(`${date}T00:00:00Z`) + days * DAY_MS).toISOString().slice(0, 10)
}

/** The date that clocks on the wall show at `ms`. */
export function dateAt(ms: number): string {
  const date = new Date(ms)
  const two = (value: number) => String(value).padStart(2, '0')
  return `${String(date.getFullYear())}-${two(date.getMonth() + 1)}-${two(date.getDate())}`
}

/** The text, if it is a date. */
export function dateOf(text: unknown): string | null {
  if (typeof text !== 'string' || !/^\d{4}-\d\d-\d\d$/.test(text)) return null
  return Number.isNaN(Date.parse(`${text}T00:00:00Z`)) ? null : text
}
