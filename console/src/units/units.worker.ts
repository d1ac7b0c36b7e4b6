/** The city's units, kept off the main thread: what arrives is parsed, merged, counted and searched here. */

import { UnitTable, type ColumnarRows } from './unit-table'
import { NO_UNITS, type DutyCounts } from './unit'
import type { FromWorker, ToWorker } from './worker-messages'

const table = new UnitTable()
const followed = new Set<string>()

self.onmessage = (event: MessageEvent<ToWorker>) => {
  const message = event.data
  switch (message.kind) {
    case 'snapshot': {
      const snapshot = JSON.parse(new TextDecoder().decode(message.json)) as ColumnarRows
      table.replace(snapshot)
      say({ kind: 'counts', at: snapshot.at, counts: table.counts() })
      tell([...followed])
      return
    }
    case 'rows': {
      const change = JSON.parse(message.json) as ColumnarRows
      const touched = table.apply(change.rows)
      say({ kind: 'counts', at: change.at, counts: table.counts() })
      tell(touched.map((at) => table.ids[at]!).filter((id) => followed.has(id)))
      return
    }
    case 'search':
      say({ kind: 'answer', question: message.question, answer: table.search(message.text, message.limit) })
      return
    case 'follow':
      for (const id of message.ids) followed.add(id)
      tell(message.ids)
      return
    case 'count-by-station':
      say({ kind: 'answer', question: message.question, answer: countsByStation() })
      return
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
    const { station_id: station, duty } = table.rowAt(at)
    const counted = counts.get(station) ?? { ...NO_UNITS }
    counted.units += 1
    counted[duty] += 1
    counts.set(station, counted)
  }
  return counts
}

function say(message: FromWorker): void {
  self.postMessage(message)
}
