import type { By, Figures, Report, Responses } from './report'

/** Reports for tests. */

const NONE: Responses = { total: 0, done: 0, never: 0, stood_down: 0, open: 0, spread: { p50_s: null, p90_s: null, p99_s: null } }

export function figures(more: Partial<Figures> = {}): Figures {
  return {
    incidents: {}, cancelled: 0, acknowledged: NONE, arrived: NONE, first_arrived: NONE, stages: [],
    reach: { recipients: 0, reached: 0, acknowledged: 0, failed: 0, share: null },
    coverage: { on_duty_s: 0, registered_s: 0, share: null },
    ...more,
  }
}

export function arrivals(done: number, p50_s: number, p90_s: number, never = 0): Responses {
  return { ...NONE, total: done + never, done, never, spread: { p50_s, p90_s, p99_s: p90_s } }
}

/** Of the day 2026-03-01, asked at its noon. */
export function report(by: By, rows: Record<string, Figures>): Report {
  return {
    window: { from: '2026-03-01T00:00:00Z', to: '2026-03-02T00:00:00Z' },
    by,
    drill: false,
    as_of: '2026-03-01T12:00:00Z',
    rows: Object.entries(rows).map(([key, each]) => ({ key, name: by === 'station' ? `${key}所` : '', figures: each })),
  }
}
