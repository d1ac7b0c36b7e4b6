import { onBeforeUnmount, shallowRef, watch, type Ref } from 'vue'

import { api } from '../api'
import { earlierOf, queryOf, type Asked } from './asked'
import type { Report } from './report'

export const FIGURES = '/analytics/v1/figures'
const TIMEOUT_MS = 60_000

/** All that the screen shows: the rows asked for, their sum, and the sum of the time before. */
export interface Answered {
  asked: Asked
  rows: Report
  sum: Report
  earlier: Report
}

/** The figures of what is asked for, read again whenever that changes. */
export function useReport(asked: Ref<Asked>) {
  const answered = shallowRef<Answered | null>(null)
  const problem = shallowRef<unknown>(null)
  const isReading = shallowRef(false)
  let giveUp: AbortController | null = null

  async function read(): Promise<void> {
    giveUp?.abort()
    const own = new AbortController()
    giveUp = own
    isReading.value = true
    problem.value = null
    const wanted = asked.value
    const ask = (query: Record<string, string | boolean | null>) => (
      api.get<Report>(FIGURES, { query: { ...queryOf(wanted), ...query }, signal: own.signal, timeoutMs: TIMEOUT_MS })
    )
    try {
      const sum = await ask({ by: 'none' })
      const [rows, earlier] = await Promise.all([
        wanted.by === 'none' ? sum : ask({}),
        ask({ ...earlierOf(sum), by: 'none' }),
      ])
      if (own.signal.aborted) return // a body may come though it was given up
      answered.value = { asked: wanted, rows, sum, earlier }
    } catch (error) {
      if (own.signal.aborted) return
      problem.value = error
    }
    isReading.value = false
  }

  watch(() => JSON.stringify(asked.value), () => void read(), { immediate: true })
  onBeforeUnmount(() => giveUp?.abort())

  return { answered, problem, isReading, read }
}
