import { computed, onBeforeUnmount, onMounted, shallowRef, watch, type Ref } from 'vue'

import { api } from '../api'
import { now } from '../formats/now'
import { useConnection } from '../stores/connection'
import { useUnits } from '../stores/units'
import type { Board } from './board'

const PATH = '/checkin/v1/duty-board'
const EVERY_MS = 30_000
/** Several check-ins come together; and each look at the board is on record. */
const AFTER_CHANGE_MS = 5_000
/** A larger city's units change so often that a board read every 30 s is as new without being told of each of them. */
const WATCHED_MAX = 3000
/** After twice the time of a refresh the board is no longer of now. */
const FRESH_S = 60

/**
 * The duty board of all that the account sees, and, where that does not show all units without quorum, of the station that is
 * looked at. Read every 30 s, and soon after the stream says that a unit's duty changed.
 */
export function useBoard(stationId: Ref<string | null>) {
  const units = useUnits()
  const connection = useConnection()
  const whole = shallowRef<Board | null>(null)
  const part = shallowRef<{ stationId: string; board: Board } | null>(null)
  const problem = shallowRef<unknown>(null)
  const isReading = shallowRef(false)
  let timer: ReturnType<typeof setTimeout> | undefined
  let giveUp: AbortController | null = null

  const ageS = computed(() => (whole.value === null ? 0 : Math.max(0, (now.value - Date.parse(whole.value.at)) / 1000)))
  const isFresh = computed(() => ageS.value <= FRESH_S)
  const isWatched = computed(() => units.isLoaded && units.counts.units <= WATCHED_MAX)
  const duties = computed(() => {
    const { on, short, off } = units.counts
    return isWatched.value ? `${String(on)}/${String(short)}/${String(off)}` : ''
  })

  async function read(): Promise<void> {
    clearTimeout(timer)
    giveUp?.abort()
    const own = new AbortController()
    giveUp = own
    isReading.value = true
    try {
      const board = await api.get<Board>(PATH, { signal: own.signal })
      whole.value = board
      const wanted = stationId.value
      const needsPart = wanted !== null && board.shortfalls_shown < board.shortfalls_total
      part.value = needsPart
        ? { stationId: wanted, board: await api.get<Board>(PATH, { query: { station: wanted }, signal: own.signal }) }
        : null
      problem.value = null
    } catch (error) {
      if (own.signal.aborted) return
      problem.value = error
    }
    isReading.value = false
    readIn(EVERY_MS)
  }

  function readIn(ms: number): void {
    clearTimeout(timer)
    timer = setTimeout(() => {
      if (document.hidden) readIn(EVERY_MS)
      else void read()
    }, ms)
  }

  function readIfShown(): void {
    if (!document.hidden && !isFresh.value) void read()
  }

  watch(stationId, () => void read())
  watch(duties, () => { if (!isReading.value) readIn(AFTER_CHANGE_MS) })
  watch(() => connection.isLive, (isLive) => { if (isLive && problem.value !== null) void read() })
  onMounted(() => {
    document.addEventListener('visibilitychange', readIfShown)
    void read()
  })
  onBeforeUnmount(() => {
    document.removeEventListener('visibilitychange', readIfShown)
    clearTimeout(timer)
    giveUp?.abort()
  })

  return { whole, part, problem, isReading, ageS, isFresh, isWatched, read }
}
