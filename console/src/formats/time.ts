import { useI18n } from 'vue-i18n'

import { dateAt } from './dates'
import { cityFormat } from './zone'

/** `3:07`, `-0:12`, `1:02:03`: whole seconds, rounded down in magnitude. */
export function clockText(seconds: number): string {
  const whole = Math.floor(Math.abs(seconds))
  const [hours, minutes, rest] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60]
  const two = (value: number) => String(value).padStart(2, '0')
  const text = hours > 0 ? `${String(hours)}:${two(minutes)}:${two(rest)}` : `${String(minutes)}:${two(rest)}`
  return seconds < 0 && whole > 0 ? `-${text}` : text
}

/** Times and numbers as the language writes them. */
export function useTimeTexts() {
  const { t, locale } = useI18n()

  /** `12 s`, `3 min`, `2 h`, `4 d`. */
  function age(seconds: number): string {
    if (seconds < 60) return t('formats.seconds', { n: Math.max(0, Math.floor(seconds)) })
    if (seconds < 3600) return t('formats.minutes', { n: Math.floor(seconds / 60) })
    if (seconds < 86400) return t('formats.hours', { n: Math.floor(seconds / 3600) })
    return t('formats.days', { n: Math.floor(seconds / 86400) })
  }

  function written(rfc3339: string, precision: Intl.DateTimeFormatOptions): string {
    const ms = Date.parse(rfc3339)
    const day = dateAt(ms) === dateAt(Date.now()) ? {} : { month: '2-digit', day: '2-digit' } as const
    return cityFormat(locale.value, { ...day, hour: '2-digit', minute: '2-digit', ...precision }).format(ms)
  }

  /** `14:03:22`, with the date before it when that is not today. */
  function moment(rfc3339: string): string {
    return written(rfc3339, { second: '2-digit' })
  }

  /** `14:03`, with the date before it when that is not today. */
  function minute(rfc3339: string): string {
    return written(rfc3339, {})
  }

  function number(value: number): string {
    return new Intl.NumberFormat(locale.value).format(value)
  }

  /** `640 m`, `3.2 km`. */
  function distance(metres: number): string {
    return metres < 1000
      ? t('formats.metres', { n: Math.round(metres) })
      : t('formats.kilometres', { n: (metres / 1000).toFixed(1) })
  }

  return { age, moment, minute, number, distance }
}
