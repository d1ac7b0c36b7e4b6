import { onBeforeUnmount, shallowRef, watch, type Ref } from 'vue'

import { api } from '../api'
import { save } from '../files/save'
import { queryOf, type Asked } from './asked'
import { AUDIT, type ActionRecord } from './record'

const PAGE = 100
const TIMEOUT_MS = 120_000

/** The records that are asked for, page by page, newest first. Each reading is a record of the audit itself. */
export function useAudit(asked: Ref<Asked>) {
  const list = shallowRef<ActionRecord[]>([])
  const next = shallowRef<string | null>(null)
  const isReading = shallowRef(true)
  const isSaving = shallowRef(false)
  const problem = shallowRef<unknown>(null)
  let giveUp: AbortController | null = null

  async function read(from: string | null = null): Promise<void> {
    giveUp?.abort()
    const own = new AbortController()
    giveUp = own
    isReading.value = true
    problem.value = null
    const query = from === null ? { ...queryOf(asked.value), limit: PAGE } : {}
    try {
      const page = await api.page<ActionRecord>(from ?? AUDIT, { query, signal: own.signal })
      list.value = from === null ? page.items : [...list.value, ...page.items]
      next.value = page.next
    } catch (error) {
      if (own.signal.aborted) return
      // What was found for another question must not stand under this one.
      if (from === null) [list.value, next.value] = [[], null]
      problem.value = error
    }
    isReading.value = false
  }

  /** All that is asked for, as a file. The request needs the session's token, so it is no plain link. */
  async function download(fileName: string): Promise<void> {
    isSaving.value = true
    problem.value = null
    try {
      const query = { ...queryOf(asked.value), format: 'csv' }
      const response = await api.read(AUDIT, { query, timeoutMs: TIMEOUT_MS })
      save(await response.blob(), `${fileName}.csv`)
    } catch (error) {
      problem.value = error
    }
    isSaving.value = false
  }

  watch(() => JSON.stringify(asked.value), () => void read(), { immediate: true })
  onBeforeUnmount(() => giveUp?.abort())

  return { list, next, isReading, isSaving, problem, read, download }
}
