import { onBeforeUnmount, shallowRef, watch } from 'vue'

import { api } from '../api'
import { joined, type Entry } from './unit-history'

const PAGE = 20
/** The history follows what happens within about two seconds. */
const LAG_MS = 3_000

/** The unit's history, page by page; read anew a moment after `lately` has changed from something known. */
export function useUnitHistory(unitId: () => string, lately: () => string | null) {
  const entries = shallowRef<Entry[]>([])
  const next = shallowRef<string | null>(null)
  const isReading = shallowRef(false)
  const problem = shallowRef<unknown>(null)
  let giveUp: AbortController | null = null
  let timer: ReturnType<typeof setTimeout> | undefined

  /** The newest page, or the one after what is shown. */
  async function read(from: string | null = null): Promise<void> {
    giveUp?.abort()
    const own = new AbortController()
    giveUp = own
    isReading.value = true
    problem.value = null
    try {
      const path = from ?? `/analytics/v1/units/${encodeURIComponent(unitId())}/history`
      const page = await api.page<Entry>(path, { query: from === null ? { limit: PAGE } : {}, signal: own.signal })
      const kept = from === null ? joined(page.items, entries.value) : [...entries.value, ...page.items]
      entries.value = kept ?? page.items
      if (from !== null || kept === null) next.value = page.next
    } catch (error) {
      if (own.signal.aborted) return
      problem.value = error
    }
    isReading.value = false
  }

  watch(unitId, () => {
    clearTimeout(timer)
    entries.value = []
    next.value = null
    void read()
  }, { immediate: true })
  watch(lately, (_, before) => {
    if (before === null) return
    clearTimeout(timer)
    timer = setTimeout(() => void read(), LAG_MS)
  })
  onBeforeUnmount(() => {
    clearTimeout(timer)
    giveUp?.abort()
  })

  return { entries, next, isReading, problem, read }
}
