import { ref } from 'vue'

/** The city's time zone, in which all screens tell the time, wherever they stand; the browser's own until somebody logs in. */
export const cityZone = ref<string>()

const formats = new Map<string, Intl.DateTimeFormat>()

/** How a language writes moments of the city's clocks. Making one takes longer than using it a hundred times. */
export function cityFormat(locale: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const all = { ...options, hourCycle: 'h23', timeZone: cityZone.value } as const
  const key = `${locale} ${JSON.stringify(all)}`
  const format = formats.get(key) ?? new Intl.DateTimeFormat(locale, all)
  formats.set(key, format)
  return format
}
