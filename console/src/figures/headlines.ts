import type { Unit } from './plots'
import { incidentsOf, type Figures, type Report } from './report'

/** One of the numbers on top. `label`: a message's key, `n` what stands in it. */
export interface Headline {
  label: string
  n?: number
  unit: Unit
  value: number | null
  /** Of how many; null where nothing was there to be counted. */
  cases: number | null
}

/** A headline and the one of the stretch of time before. `change`: null where there is nothing to compare with. */
export interface Compared extends Headline {
  earlier: number | null
  change: number | null
}

/** By how much the registered units may differ for counts to be of the same city. */
export const SAME_UNITS_WITHIN = 0.05

export function headlinesOf(figures: Figures): Headline[] {
  const { coverage, first_arrived: first, reach } = figures
  return [
    ...(coverage === null ? [] : [{ label: 'figures.coverage', unit: 'share', value: coverage.share, cases: null } as const]),
    ...figures.stages.map(({ stage, share, due }) => ({
      label: 'figures.stage', n: stage, unit: 'share' as const, value: share, cases: due,
    })),
    { label: 'figures.medianFirst', unit: 'seconds', value: first.spread.p50_s, cases: first.done },
    { label: 'figures.incidents', unit: 'count', value: incidentsOf(figures), cases: null },
    { label: 'figures.reachShare', unit: 'share', value: reach.share, cases: reach.recipients },
  ]
}

/** The headlines beside those of the time before. Both are of the same station, as long, and both drills or both real. */
export function comparedWith(figures: Figures, earlier: Figures | null): Compared[] {
  const before = earlier === null || isBlank(earlier) ? [] : headlinesOf(earlier)
  return headlinesOf(figures).map((headline) => {
    const same = before.find(({ label, n }) => label === headline.label && n === headline.n)
    const value = same?.value ?? null
    return { ...headline, earlier: value, change: changeOf(headline, value) }
  })
}

/** Shares change by what they differ, seconds too; counts by a part of what they were. */
function changeOf({ value, unit }: Headline, earlier: number | null): number | null {
  if (value === null || earlier === null) return null
  if (unit !== 'count') return value - earlier
  return earlier === 0 ? null : (value - earlier) / earlier
}

/** Nothing is known of that time: the system was not there yet, or nothing was registered. */
function isBlank(figures: Figures): boolean {
  const { coverage } = figures
  return incidentsOf(figures) === 0 && (coverage === null || coverage.registered_s === 0)
}

/** How much more (or less) was registered a second than in the time before; null where that is not known. */
export function registeredChange(report: Report, earlier: Report): number | null {
  const [now, before] = [registeredAtOnce(report), registeredAtOnce(earlier)]
  return now === null || before === null || before === 0 ? null : (now - before) / before
}

/** Units registered, in the mean of the time that was counted. */
function registeredAtOnce({ window, as_of, rows }: Report): number | null {
  const coverage = rows[0]?.figures.coverage ?? null
  const until = Math.min(Date.parse(window.to), Date.parse(as_of))
  const seconds = (until - Date.parse(window.from)) / 1000
  return coverage === null || seconds <= 0 ? null : coverage.registered_s / seconds
}
