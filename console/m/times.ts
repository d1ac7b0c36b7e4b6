import { language, t } from './language'

const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS

/** 14:05. */
export function clockTime(at: number): string {
  return new Intl.DateTimeFormat(language(), { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' }).format(at)
}

/** How long something has lasted, or will: "2 h 5 min", "3 min", "under 1 min". */
export function span(ms: number): string {
  if (ms < MINUTE_MS) return t('time.under-minute')
  const hours = Math.floor(ms / HOUR_MS)
  const minutes = Math.floor((ms % HOUR_MS) / MINUTE_MS)
  if (hours === 0) return t('time.minutes', { m: minutes })
  return minutes === 0 ? t('time.hours', { h: hours }) : t('time.hours-minutes', { h: hours, m: minutes })
}

/** Metres as people say them: to the next 10 m, above 1 km to the next 100 m. */
export function distance(metres: number): string {
  if (metres < 995) return t('distance.m', { m: Math.max(10, Math.round(metres / 10) * 10) })
  return t('distance.km', { km: (Math.round(metres / 100) / 10).toString() })
}
