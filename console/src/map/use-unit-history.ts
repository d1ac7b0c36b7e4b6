import { onScopeDispose, shallowRef, watch } from 'vue'

import { usePages } from '../api/use-pages'
import { joined, type Entry } from './unit-history'

const PAGE = 20
/** The history follows what happens within about two seconds. */
const LAG_MS = 3_000

/** The unit's history, page by page; read anew a moment after `lately` has changed from something known. */
export function useUnitHistory(unitId: () => string, lately: () => string | null) {
  const { items: entries, next, isReading, problem, begin, read, readMore } = usePages<Entry>(() => ({
    path: `/analytics/v1/units/${encodeURIComponent(unitId())}/history`, query: { limit: PAGE },
  }), joined)
  const isDue = shallowRef(false)
  let timer: ReturnType<typeof setTimeout> | undefined

  // Both in one: another unit's `lately` is no change of this one.
  watch([unitId, lately], ([unit], [unitBefore, latelyBefore]) => {
    if (unit === unitBefore && latelyBefore === null) return
    clearTimeout(timer)
    if (unit === unitBefore) {
      timer = setTimeout(() => { isDue.value = true }, LAG_MS)
      return
    }
    isDue.value = false
    void begin()
  }, { immediate: true })
  // Somebody may have asked for more: that is waited for.
  watch([isDue, isReading], () => {
    if (!isDue.value || isReading.value) return
    isDue.value = false
    void read()
  })
  onScopeDispose(() => { clearTimeout(timer) })

  return { entries, next, isReading, problem, read, readMore }
}
