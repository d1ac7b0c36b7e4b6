import { incidentsOf, type By, type Figures, type Report, type Responses, type Row } from './report'
import type { IncidentClass } from '../incidents/incident'

export type Unit = 'share' | 'seconds' | 'count'
/** Which of the theme's colours; see palette.ts. */
export type Hue = 'accent' | 'good' | 'serious' | 'critical' | 'drill' | 'quiet'
export type Topic = 'coverage' | 'stages' | 'first' | 'orders' | 'incidents' | 'reach'

/** A row of numbers, one a key. `label`: a message's key, `n` what stands in it. */
export interface Column {
  label: string
  n?: number
  unit: Unit
  values: (number | null)[]
}

export interface Series extends Column {
  hue: Hue
}

/** What a chart and the table beside it show. `columns` are in the table only. */
export interface Plot {
  topic: Topic
  by: By
  stacked: boolean
  unit: Unit
  keys: { key: string; name: string }[]
  series: Series[]
  columns: Column[]
  /** Nothing was counted at all. */
  isEmpty: boolean
}

const CLASS_HUES: Record<IncidentClass, Hue> = {
  'serious-violence': 'critical', 'public-order': 'serious', accident: 'drill', rescue: 'accent',
  'missing-person': 'good', 'self-harm': 'quiet',
}
export const CLASSES = Object.keys(CLASS_HUES) as IncidentClass[]
const STAGE_HUES: readonly Hue[] = ['accent', 'good', 'serious', 'drill', 'critical']

/** All that a report says, in the order of the screen. Coverage is missing where there is none: for drills and by class. */
export function plotsOf(report: Report): Plot[] {
  return [
    ...(report.rows.some(({ figures }) => figures.coverage !== null) ? [coverage(report)] : []),
    stages(report), first(report), orders(report), incidents(report), reach(report),
  ]
}

function coverage(report: Report): Plot {
  const rows = ranked(report, ({ coverage: one }) => (one?.share === null || one === null ? null : -one.share))
  return plot('coverage', report, rows, {
    unit: 'share',
    series: [series('figures.coverage', 'share', 'accent', rows, ({ coverage: one }) => one?.share ?? null)],
    columns: [
      column('figures.onDutyHours', 'count', rows, ({ coverage: one }) => hours(one?.on_duty_s)),
      column('figures.registeredHours', 'count', rows, ({ coverage: one }) => hours(one?.registered_s)),
    ],
    isEmpty: rows.every(({ figures }) => (figures.coverage?.registered_s ?? 0) === 0),
  })
}

function stages(report: Report): Plot {
  const numbers = [...new Set(report.rows.flatMap(({ figures }) => figures.stages.map(({ stage }) => stage)))].sort((a, b) => a - b)
  const of = (figures: Figures, number: number) => figures.stages.find(({ stage }) => stage === number)
  const worst = (figures: Figures) => Math.min(...figures.stages.flatMap(({ share }) => (share === null ? [] : [share])))
  const rows = ranked(report, (figures) => (Number.isFinite(worst(figures)) ? -worst(figures) : null))
  return plot('stages', report, rows, {
    unit: 'share',
    series: numbers.map((n, at) => ({
      ...series('figures.stageShare', 'share', STAGE_HUES[at % STAGE_HUES.length]!, rows, (figures) => of(figures, n)?.share ?? null), n,
    })),
    columns: numbers.flatMap((n) => [
      { ...column('figures.stageDue', 'count', rows, (figures) => of(figures, n)?.due ?? 0), n },
      { ...column('figures.stageMissed', 'count', rows, (figures) => of(figures, n)?.missed ?? 0), n },
    ]),
    isEmpty: numbers.length === 0,
  })
}

function first(report: Report): Plot {
  const rows = ranked(report, ({ first_arrived: one }) => one.spread.p90_s)
  return plot('first', report, rows, {
    unit: 'seconds',
    series: spread(rows, ({ first_arrived: one }) => one, '', ['accent', 'serious']),
    columns: outcomes(rows, ({ first_arrived: one }) => one),
    isEmpty: rows.every(({ figures }) => figures.first_arrived.total === 0),
  })
}

function orders(report: Report): Plot {
  const rows = ranked(report, ({ arrived: one }) => one.spread.p90_s)
  return plot('orders', report, rows, {
    unit: 'seconds',
    series: [
      ...spread(rows, ({ acknowledged: one }) => one, 'Acknowledged', ['good', 'drill']),
      ...spread(rows, ({ arrived: one }) => one, 'Arrived', ['accent', 'serious']),
    ],
    columns: outcomes(rows, ({ arrived: one }) => one),
    isEmpty: rows.every(({ figures }) => figures.arrived.total === 0),
  })
}

function incidents(report: Report): Plot {
  const rows = ranked(report, incidentsOf)
  const present = CLASSES.filter((one) => rows.some(({ figures }) => (figures.incidents[one] ?? 0) > 0))
  const cancelled = column('figures.cancelled', 'count', rows, ({ cancelled: count }) => count)
  if (report.by === 'class') {
    const all = series('figures.incidents', 'count', 'accent', rows, incidentsOf)
    return plot('incidents', report, rows, { unit: 'count', series: [all], columns: [cancelled], isEmpty: present.length === 0 })
  }
  return plot('incidents', report, rows, {
    unit: 'count',
    stacked: true,
    series: present.map((one) => series(`terms.incident.${one}`, 'count', CLASS_HUES[one], rows, (figures) => figures.incidents[one] ?? 0)),
    columns: [column('figures.total', 'count', rows, incidentsOf), cancelled],
    isEmpty: present.length === 0,
  })
}

function reach(report: Report): Plot {
  const rows = ranked(report, ({ reach: one }) => (one.share === null ? null : -one.share))
  const waiting = ({ reach: one }: Figures) => Math.max(0, one.recipients - one.reached - one.failed)
  return plot('reach', report, rows, {
    unit: 'count',
    stacked: true,
    series: [
      series('figures.reached', 'count', 'good', rows, ({ reach: one }) => one.reached),
      series('figures.reachWaiting', 'count', 'quiet', rows, waiting),
      series('figures.reachFailed', 'count', 'critical', rows, ({ reach: one }) => one.failed),
    ],
    columns: [
      column('figures.recipients', 'count', rows, ({ reach: one }) => one.recipients),
      column('figures.acknowledgedMessages', 'count', rows, ({ reach: one }) => one.acknowledged),
      column('figures.reachShare', 'share', rows, ({ reach: one }) => one.share),
    ],
    isEmpty: rows.every(({ figures }) => figures.reach.recipients === 0),
  })
}

function plot(topic: Topic, report: Report, rows: Row[], more: Omit<Plot, 'topic' | 'by' | 'keys' | 'stacked'> & { stacked?: boolean }): Plot {
  return { topic, by: report.by, keys: rows.map(({ key, name }) => ({ key, name })), stacked: false, ...more }
}

/** Stations in the order of `grade`, the highest first, those without one last; days and classes stay as they are. */
function ranked(report: Report, grade: (figures: Figures) => number | null): Row[] {
  if (report.by !== 'station') return report.rows
  const graded = report.rows.map((row) => ({ row, at: grade(row.figures) ?? Number.NEGATIVE_INFINITY }))
  return graded.sort((one, other) => (one.at === other.at ? 0 : other.at - one.at)).map(({ row }) => row)
}

function spread(rows: Row[], of: (figures: Figures) => Responses, what: string, hues: readonly [Hue, Hue]): Series[] {
  return [
    series(`figures.median${what}`, 'seconds', hues[0], rows, (figures) => of(figures).spread.p50_s),
    series(`figures.ninety${what}`, 'seconds', hues[1], rows, (figures) => of(figures).spread.p90_s),
  ]
}

function outcomes(rows: Row[], of: (figures: Figures) => Responses): Column[] {
  const counts = ['total', 'done', 'never', 'stood_down', 'open'] as const
  return counts.map((count) => column(`figures.outcome.${count}`, 'count', rows, (figures) => of(figures)[count]))
}

function column(label: string, unit: Unit, rows: Row[], value: (figures: Figures) => number | null): Column {
  return { label, unit, values: rows.map(({ figures }) => value(figures)) }
}

function series(label: string, unit: Unit, hue: Hue, rows: Row[], value: (figures: Figures) => number | null): Series {
  return { ...column(label, unit, rows, value), hue }
}

function hours(seconds: number | undefined): number | null {
  return seconds === undefined ? null : Math.round(seconds / 3600)
}
