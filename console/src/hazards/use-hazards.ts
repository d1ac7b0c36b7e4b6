import { onBeforeUnmount, onMounted, ref, shallowRef, watch, type Ref } from 'vue'

import { api } from '../api'
import { serverClock } from '../api/server-clock'
import { HAZARDS, PAGE, withNewer, type Hazard, type Status } from './hazard'

const EVERY_MS = 30_000

/** Hazards that fit what is asked for, the last reported first, page by page. Read anew every 30 s while only the first is shown. */
export function useHazards(status: Ref<Status | null>, stationId: Ref<string | null>) {
  const list = shallowRef<Hazard[]>([])
  const next = shallowRef<string | null>(null)
  const isReading = ref(true)
  const problem = shallowRef<unknown>(null)
  /** When the first page was read last; null: it never was. */
  const readAt = ref<string | null>(null)
  let giveUp: AbortController | null = null

  async function read(from: string | null = null): Promise<void> {
    giveUp?.abort()
    const own = new AbortController()
    giveUp = own
    isReading.value = true
    const query = { status: status.value, station: stationId.value, limit: PAGE }
    try {
      const page = await api.page<Hazard>(from ?? HAZARDS, { query: from === null ? query : {}, signal: own.signal })
      list.value = from === null ? page.items : [...list.value, ...page.items]
      next.value = page.next
      problem.value = null
      if (from === null) readAt.value = new Date(serverClock.now()).toISOString()
    } catch (error) {
      if (own.signal.aborted) return
      problem.value = error
    }
    isReading.value = false
  }

  /** What was done to it is seen at once, also where it no longer fits what was asked for. */
  function put(newer: Hazard): void {
    list.value = withNewer(list.value, newer)
  }

  const timer = setInterval(() => {
    if (!document.hidden && !isReading.value && list.value.length <= PAGE) void read()
  }, EVERY_MS)
  watch([status, stationId], () => {
    list.value = []
    next.value = null
    void read()
  })
  onMounted(() => void read())
  onBeforeUnmount(() => {
    clearInterval(timer)
    giveUp?.abort()
  })

  return { list, next, isReading, problem, readAt, read, put }
}
