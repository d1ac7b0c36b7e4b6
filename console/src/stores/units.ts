import { defineStore } from 'pinia'
import { ref, shallowReactive, shallowRef } from 'vue'

import { api } from '../api'
import { serverClock } from '../api/server-clock'
import type { Drawing, Look } from '../units/drawing'
import { NO_UNITS, type DutyCounts, type UnitRow } from '../units/unit'
import type { Box, UnitFilter } from '../units/unit-filter'
import type { FromWorker, Question, ToWorker } from '../units/worker-messages'

/** `generation` goes with its references: they hold until the units are all read anew. */
export interface Drawn {
  generation: number
  drawing: Drawing
}

const UNITS = '/dispatch/v1/map/units'

/** The units that the account sees. They live in a worker; here are their counts, and the rows somebody looks at. */
export const useUnits = defineStore('units', () => {
  const counts = shallowRef<DutyCounts>(NO_UNITS)
  const at = ref<string | null>(null)
  const isLoaded = ref(false)
  /** Why they could not be read last time. */
  const problem = shallowRef<unknown>(null)
  const rows = shallowReactive(new Map<string, UnitRow | null>())
  const answers = new Map<number, (answer: unknown) => void>()
  const asked = new Set<string>()
  let worker: Worker | null = null
  let questions = 0
  let onDrawing: (drawn: Drawn) => void = () => undefined

  /** Read all of them. What comes after `forget` is nobody's any more: the worker was that person's. */
  async function load(): Promise<void> {
    tell({ kind: 'reading' })
    const own = worker
    try {
      const response = await api.read(UNITS, { timeoutMs: 60_000 })
      const json = await response.arrayBuffer()
      if (own !== worker) return
      tell({ kind: 'snapshot', json }, [json])
      problem.value = null
    } catch (error) {
      if (own !== worker) return
      tell({ kind: 'reading-failed' })
      problem.value = error
      throw error
    }
  }

  /** A `units` event of the stream, as its JSON text. */
  function apply(json: string): void {
    tell({ kind: 'rows', json })
  }

  /** The unit as it is now; null while it is not known, or not for this account. Reactive: it is followed from then on. */
  function row(unitId: string): UnitRow | null {
    const known = rows.get(unitId)
    if (known === undefined && !asked.has(unitId)) {
      if (asked.size === 0) queueMicrotask(follow)
      asked.add(unitId)
    }
    return known ?? null
  }

  /** What people call the unit; its id while it is not known. */
  function nameOf(unitId: string): string {
    return row(unitId)?.name ?? unitId
  }

  /** Units whose name or id holds `text`. */
  function search(text: string, limit = 20): Promise<UnitRow[]> {
    return ask({ about: 'text', text, limit })
  }

  function countsByStation(): Promise<Map<string, DutyCounts>> {
    return ask({ about: 'stations' })
  }

  /** Have this drawn from now on; `hear` is given each drawing. Null: nobody looks any more. */
  function look(wanted: Look | null, hear: (drawn: Drawn) => void = () => undefined): void {
    onDrawing = hear
    tell({ kind: 'look', look: wanted })
  }

  /** The units of a box, up to `limit` of them, and how many there are. */
  function inBox(box: Box, filter: UnitFilter, limit: number): Promise<{ rows: UnitRow[]; total: number }> {
    return ask({ about: 'box', box, filter, nowS: serverClock.now() / 1000, limit })
  }

  /** The id of a drawing's unit; null when it is not there any more. */
  function idOf(generation: number, ref: number): Promise<string | null> {
    return ask({ about: 'unit', generation, ref })
  }

  function forget(): void {
    worker?.terminate()
    worker = null
    rows.clear()
    asked.clear()
    counts.value = NO_UNITS
    isLoaded.value = false
    problem.value = null
  }

  function follow(): void {
    tell({ kind: 'follow', ids: [...asked] })
    asked.clear()
  }

  function ask<T>(question: Question): Promise<T> {
    questions += 1
    const number = questions
    return new Promise((resolve) => {
      answers.set(number, resolve as (answer: unknown) => void)
      tell({ kind: 'question', number, question })
    })
  }

  function tell(message: ToWorker, transfer: Transferable[] = []): void {
    worker ??= started()
    worker.postMessage(message, transfer)
  }

  function started(): Worker {
    const fresh = new Worker(new URL('../units/units.worker.ts', import.meta.url), { type: 'module' })
    fresh.onmessage = (event: MessageEvent<FromWorker>) => { hear(event.data) }
    return fresh
  }

  function hear(message: FromWorker): void {
    switch (message.kind) {
      case 'counts':
        counts.value = message.counts
        at.value = message.at
        isLoaded.value = true
        return
      case 'followed':
        for (const unit of message.rows) rows.set(unit.unit_id, unit)
        for (const unitId of message.unknown) rows.set(unitId, null)
        return
      case 'drawing':
        onDrawing(message)
        return
      case 'answer':
        answers.get(message.number)?.(message.answer)
        answers.delete(message.number)
    }
  }

  return { counts, at, isLoaded, problem, load, apply, row, nameOf, search, countsByStation, look, inBox, idOf, forget }
})
