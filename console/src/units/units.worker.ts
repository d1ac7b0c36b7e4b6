/** The city's units, kept off the main thread: what arrives is parsed, merged, counted, clustered and searched here. */

import { buffersOf, draw, type Look } from './drawing'
import { NewsWhileReading } from './news-while-reading'
import { NO_UNITS, type DutyCounts } from './unit'
import { selected } from './unit-filter'
import { UnitTable, type ColumnarRows } from './unit-table'
import type { FromWorker, Question, ToWorker } from './worker-messages'

/** Changes are drawn about twice a second, as they come, and never take more than a quarter of this thread. */
const REDRAW_MS = 450
const COST_SHARE = 4

const table = new UnitTable()
const followed = new Set<string>()
const news = new NewsWhileReading()
let look: Look | null = null
let lookedAt = 0
/** Counts snapshots: a drawing's references hold for one. */
let generation = 0
let costMs = 0
let drawnAt = 0
let redraw: ReturnType<typeof setTimeout> | null = null

self.onmessage = (event: MessageEvent<ToWorker>) => {
  const message = event.data
  switch (message.kind) {
    case 'reading':
      news.begin()
      return
    case 'reading-failed':
      news.fail()
      return
    case 'snapshot': {
      const all = JSON.parse(new TextDecoder().decode(message.json)) as ColumnarRows
      const newer = news.end(all.at)
      if (newer === null) return
      take(all, true)
      for (const rows of newer) take(rows, false)
      return
    }
    case 'rows': {
      const rows = JSON.parse(message.json) as ColumnarRows
      news.hear(rows)
      if (generation > 0) take(rows, false)
      return
    }
    case 'follow':
      for (const id of message.ids) followed.add(id)
      tell(message.ids)
      return
    case 'look':
      look = message.look
      lookedAt = performance.now()
      drawNow()
      return
    case 'question':
      say({ kind: 'answer', number: message.number, answer: answer(message.question) })
  }
}

function take(rows: ColumnarRows, isAll: boolean): void {
  if (isAll) {
    table.replace(rows)
    generation += 1
  }
  const touched = isAll ? [...followed] : [...table.apply(rows.rows).map((at) => table.ids[at]!), ...(rows.gone ?? [])]
  table.remove(rows.gone ?? [])
  say({ kind: 'counts', at: rows.at, counts: table.counts() })
  tell(touched.filter((id) => followed.has(id)))
  const earliest = drawnAt + Math.max(REDRAW_MS, COST_SHARE * costMs)
  redraw ??= setTimeout(drawNow, Math.max(0, earliest - performance.now()))
}

function drawNow(): void {
  if (redraw !== null) clearTimeout(redraw)
  redraw = null
  if (look === null) return
  const begun = performance.now()
  const drawing = draw(table, { ...look, nowS: nowS(look) })
  drawnAt = performance.now()
  costMs = drawnAt - begun
  say({ kind: 'drawing', generation, drawing }, buffersOf(drawing))
}

/** The server's time now: what it was when the look came, and what has passed since. */
function nowS(then: Look): number {
  return then.nowS + (performance.now() - lookedAt) / 1000
}

function answer(question: Question): unknown {
  switch (question.about) {
    case 'text':
      return table.search(question.text, question.limit)
    case 'stations':
      return countsByStation()
    case 'box': {
      const seen = selected(table, question.filter, question.box, question.nowS)
      return { rows: seen.slice(0, question.limit).map((at) => table.rowAt(at)), total: seen.length }
    }
    case 'unit':
      return question.generation === generation ? (table.ids[question.ref] ?? null) : null
  }
}

function tell(ids: string[]): void {
  if (ids.length === 0) return
  const rows = ids.map((id) => table.row(id))
  say({
    kind: 'followed',
    rows: rows.filter((row) => row !== null),
    unknown: ids.filter((_, at) => rows[at] === null),
  })
}

function countsByStation(): Map<string, DutyCounts> {
  const counts = new Map<string, DutyCounts>()
  for (let at = 0; at < table.size; at += 1) {
    if (table.gone[at] === 1) continue
    const { station_id: station, duty } = table.rowAt(at)
    const counted = counts.get(station) ?? { ...NO_UNITS }
    counted.units += 1
    counted[duty] += 1
    counts.set(station, counted)
  }
  return counts
}

function say(message: FromWorker, transfer: Transferable[] = []): void {
  self.postMessage(message, { transfer })
}
