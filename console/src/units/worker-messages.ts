import type { Drawing, Look } from './drawing'
import type { DutyCounts, UnitRow } from './unit'
import type { Box, UnitFilter } from './unit-filter'

/** What the console asks of the units' worker. */
export type ToWorker =
  /** All units are being read: for each time `snapshot` follows, or `reading-failed`. */
  | { kind: 'reading' }
  | { kind: 'reading-failed' }
  | { kind: 'snapshot'; json: ArrayBuffer }
  | { kind: 'rows'; json: string }
  | { kind: 'follow'; ids: string[] }
  /** Draw this from now on, and again whenever units change; null: nobody looks any more. */
  | { kind: 'look'; look: Look | null }
  | { kind: 'question'; number: number; question: Question }

export type Question =
  /** Units whose name or id holds `text`. → UnitRow[] */
  | { about: 'text'; text: string; limit: number }
  /** → Map<station id, DutyCounts> */
  | { about: 'stations' }
  /** The units of a box. → { rows: UnitRow[]; total: number } */
  | { about: 'box'; box: Box; filter: UnitFilter; nowS: number; limit: number }
  /** The id of a drawing's unit. → string; null when the units were all read anew since */
  | { about: 'unit'; generation: number; ref: number }

/** What it says. */
export type FromWorker =
  | { kind: 'counts'; at: string; counts: DutyCounts }
  /** Of the units that are followed: those asked for now, and those that changed. */
  | { kind: 'followed'; rows: UnitRow[]; unknown: string[] }
  | { kind: 'drawing'; generation: number; drawing: Drawing }
  | { kind: 'answer'; number: number; answer: unknown }
