import type { DutyCounts, UnitRow } from './unit'

/** What the console asks of the units' worker. */
export type ToWorker =
  | { kind: 'snapshot'; json: ArrayBuffer }
  | { kind: 'rows'; json: string }
  | { kind: 'search'; question: number; text: string; limit: number }
  | { kind: 'follow'; ids: string[] }
  | { kind: 'count-by-station'; question: number }

/** What it says. */
export type FromWorker =
  | { kind: 'counts'; at: string; counts: DutyCounts }
  /** Of the units that are followed: those asked for now, and those that changed. */
  | { kind: 'followed'; rows: UnitRow[]; unknown: string[] }
  | { kind: 'answer'; question: number; answer: unknown }
