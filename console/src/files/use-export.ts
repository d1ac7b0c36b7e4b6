import { onScopeDispose, shallowRef, watch } from 'vue'

import { api } from '../api'
import type { Query } from '../api/client'
import { useSession } from '../stores/session'
import { save } from './save'

const TIMEOUT_MS = 120_000

/**
 * What a path answers, as a file in one of its forms. The request needs the session's token, so it is no plain link.
 *
 * What comes after the screen was left, or after the account that asked for it has gone, is not saved.
 */
export function useExport<Form extends string>(path: string) {
  const session = useSession()
  /** The form that is being fetched. */
  const running = shallowRef<Form | null>(null)
  const problem = shallowRef<unknown>(null)
  let giveUp: AbortController | null = null

  async function download(query: Query, form: Form, fileName: string): Promise<void> {
    stop()
    const own = new AbortController()
    giveUp = own
    running.value = form
    problem.value = null
    try {
      const response = await api.read(path, { query: { ...query, format: form }, signal: own.signal, timeoutMs: TIMEOUT_MS })
      const file = await response.blob()
      if (own.signal.aborted) return
      save(file, `${fileName}.${form}`)
    } catch (error) {
      if (own.signal.aborted) return
      problem.value = error
    }
    running.value = null
  }

  function stop(): void {
    giveUp?.abort()
    running.value = null
  }

  watch(() => session.account?.account_id, stop, { flush: 'sync' })
  onScopeDispose(stop)

  return { running, problem, download }
}
