import { defineStore } from 'pinia'
import { shallowReactive, watch } from 'vue'

import { api } from '../../api'
import { newKey } from '../../api/keys'
import { ProblemError } from '../../api/problems'
import { useIncidents } from '../../stores/incidents'
import { requestOf, orderRequestOf } from '../acts/act'
import type { Actor } from '../acts/allowed'
import { stillToDo, type Changes } from './changes'

/** The matcher answers within seconds; later orders are of later rounds, and follow its reasons again. */
const WATCHED_MS = 60_000

/** What could not be done, to be told. */
export interface Failure {
  unitId: string
  problem: unknown
}

/**
 * Carries out, after a report, what the operator wanted otherwise than the matcher: orders those added, and stands down those
 * taken away as soon as they are ordered. It goes on while another screen is shown.
 */
export const useWishes = defineStore('desk-wishes', () => {
  const failures = shallowReactive(new Map<string, Failure[]>())
  const incidents = useIncidents()

  function carryOut(incidentId: string, changes: Changes, actor: Actor): void {
    if (changes.add.length === 0 && changes.leave.length === 0) return
    const begun = new Set<string>()
    const once = (what: string, unitId: string, work: () => Promise<unknown>) => {
      if (begun.has(what)) return
      begun.add(what)
      work().catch((problem: unknown) => { fail(incidentId, { unitId, problem }) })
    }
    const stop = watch(() => incidents.byId.get(incidentId) ?? null, (incident) => {
      const todo = stillToDo(changes, incident)
      for (const unitId of todo.order) {
        once(unitId, unitId, () => tell(requestOf(incidentId, 'order', { code: '', note: '', to: unitId })))
      }
      for (const order of todo.withdraw) {
        const filled = { code: 'not-needed', note: '', to: '' }
        once(order.order_id, order.assignee_id, () => tell(orderRequestOf(incidentId, order, 'withdraw', filled, actor)))
      }
    }, { immediate: true })
    setTimeout(stop, WATCHED_MS)
  }

  function fail(incidentId: string, failure: Failure): void {
    // The matcher ordered it meanwhile, or the order has ended: that is what was wanted.
    const isDone = failure.problem instanceof ProblemError
      && ['already-ordered', 'order-not-open'].includes(failure.problem.code)
    if (!isDone) failures.set(incidentId, [...(failures.get(incidentId) ?? []), failure])
  }

  function dismiss(incidentId: string): void {
    failures.delete(incidentId)
  }

  return { failures, carryOut, dismiss }
})

function tell({ path, body }: { path: string; body: unknown }): Promise<unknown> {
  return api.command(path, body, { key: newKey() })
}
