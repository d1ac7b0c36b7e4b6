import { useI18n } from 'vue-i18n'

import { clockText, useTimeTexts } from '../formats/time'
import type { Column, Unit } from './plots'
import type { By } from './report'
import { shareText } from './share-text'

/** Figures and what they are called, in the reader's language. */
export function useFigureTexts() {
  const { t, locale } = useI18n()
  const { number } = useTimeTexts()

  /** `91.2 %`, `2:10` (minutes and seconds), `1,204`; a dash where there was nothing to measure. */
  function value(figure: number | null, unit: Unit): string {
    if (figure === null) return '–'
    if (unit === 'share') return shareText(figure)
    return unit === 'seconds' ? clockText(Math.round(figure)) : number(figure)
  }

  /** `+1.2 points`, `−0:20`, `+12.7 %`, `±0:00`. */
  function change(difference: number, unit: Unit): string {
    const size = Math.abs(difference)
    const isNone = unit === 'seconds' ? size < 0.5 : size < 0.0005
    const sign = isNone ? '±' : difference < 0 ? '−' : '+'
    if (unit === 'seconds') return sign + clockText(Math.round(size))
    const tenths = (size * 100).toFixed(1)
    return unit === 'share' ? t('figures.points', { n: sign + tenths }) : `${sign}${tenths} %`
  }

  function label(column: Pick<Column, 'label' | 'n'>): string {
    return t(column.label, column.n === undefined ? {} : { n: column.n })
  }

  /** What a row is called: a day with its weekday, an incident class, a station's name. */
  function keyName(by: By, { key, name }: { key: string; name: string }): string {
    if (by === 'none') return t('figures.allTogether')
    if (by === 'class') return t(`terms.incident.${key}`)
    if (by === 'station') return name === '' ? key : name
    const options = { month: '2-digit', day: '2-digit', weekday: 'short', timeZone: 'UTC' } as const
    return new Intl.DateTimeFormat(locale.value, options).format(new Date(`${key}T00:00:00Z`))
  }

  return { value, change, label, keyName }
}
