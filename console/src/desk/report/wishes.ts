import { defineStore } from 'pinia'
import { shallowReactive, watch } from 'vue'

import { api } from '../../api'
import { ProblemError } from '../../api/problems'
import type { Order } from '../../incidents/incident'
import { useIncidents } from '../../stores/incidents'
import { unwanted, type Changes } from './changes'

/** The matcher answers within seconds; later orders are of later rounds, and follow its reasons again. */
const WATCHED_MS = 60_000

/** What could not be done, to be told. */
export interface Failure {
  unitId: string
  problem: unknown
}

/**
 * Stands down, after a report, those whom the operator did not want, should the matcher take them to fill up a stage; somebody
 * else is looked for in their place. It goes on while another screen is shown.
 */
export const useWishes = defineStore('desk-wishes', () => {
  const failures = shallowReactive(new Map<string, Failure[]>())
  const incidents = useIncidents()

  function watchOver(incidentId: string, changes: Changes): void {
    if (changes.leave.length === 0) return
    const begun = new Set<string>()
    const stop = watch(() => incidents.byId.get(incidentId) ?? null, (incident) => {
      for (const order of incident === null ? [] : unwanted(changes, incident)) {
        if (!begun.has(order.order_id)) void withdraw(incidentId, order)
        begun.add(order.order_id)
      }
    }, { immediate: true })
    setTimeout(stop, WATCHED_MS)
  }

  async function withdraw(incidentId: string, order: Order): Promise<void> {
    const path = `/dispatch/v1/incidents/${encodeURIComponent(incidentId)}/orders/${encodeURIComponent(order.order_id)}/withdraw`
    try {
      await api.command(path, { reason: 'wrong-unit', replace: true })
    } catch (problem) {
      // It has ended by itself: that is what was wanted.
      if (problem instanceof ProblemError && problem.code === 'order-not-open') return
      failures.set(incidentId, [...(failures.get(incidentId) ?? []), { unitId: order.assignee_id, problem }])
    }
  }

  function dismiss(incidentId: string): void {
    failures.delete(incidentId)
  }

  return { failures, watchOver, dismiss }
})
