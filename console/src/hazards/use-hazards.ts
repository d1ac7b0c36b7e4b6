import { onScopeDispose, watch, type Ref } from 'vue'

import { usePages } from '../api/use-pages'
import { HAZARDS, PAGE, withNewer, type Hazard, type Status } from './hazard'

const EVERY_MS = 30_000

/** Hazards that fit what is asked for, the last reported first, page by page. Read anew every 30 s while only the first is shown. */
export function useHazards(status: Ref<Status | null>, stationId: Ref<string | null>) {
  const { items: list, next, readAt, isReading, problem, begin, read, readMore, restart } = usePages<Hazard>(() => ({
    path: HAZARDS, query: { status: status.value, station: stationId.value, limit: PAGE },
  }))

  /** What was done to it is seen at once, also where it no longer fits what was asked for. */
  function put(newer: Hazard): void {
    list.value = withNewer(list.value, newer)
    restart()
  }

  const timer = setInterval(() => {
    if (!document.hidden && !isReading.value && list.value.length <= PAGE) void read()
  }, EVERY_MS)
  watch([status, stationId], () => void begin(), { immediate: true })
  onScopeDispose(() => { clearInterval(timer) })

  return { list, next, isReading, problem, readAt, read, readMore, put }
}
