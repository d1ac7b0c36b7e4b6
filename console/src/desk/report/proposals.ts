import { onBeforeUnmount, ref, shallowRef, watch, type Ref } from 'vue'

import { api } from '../../api'
import type { Place } from '../../api/organisation'
import type { Candidate } from '../../incidents/incident'

const SETTLED_MS = 400

/** A unit that the matcher would look at. */
export type Proposed = Candidate & Place & {
  /** The stage that it would be ordered for at once; null: it would not be. */
  stage: number | null
}

/** Whom the matcher would take for `question`: asked when it has not changed for a moment. Nothing is claimed by asking. */
export function useProposals(question: Ref<Record<string, unknown> | null>) {
  const candidates = shallowRef<Proposed[] | null>(null)
  const isLooking = ref(false)
  const problem = shallowRef<unknown>(null)
  let timer: ReturnType<typeof setTimeout> | undefined
  let asking: AbortController | null = null

  function stop(): void {
    clearTimeout(timer)
    asking?.abort()
    asking = null
  }

  async function ask(body: Record<string, unknown>): Promise<void> {
    const mine = new AbortController()
    asking = mine
    try {
      const answer = await api.post<{ candidates: Proposed[] }>('/dispatch/v1/proposals', body, { signal: mine.signal })
      if (asking !== mine) return
      candidates.value = answer.candidates
    } catch (error) {
      if (asking !== mine) return
      candidates.value = null
      problem.value = error
    }
    isLooking.value = false
  }

  watch(() => JSON.stringify(question.value), () => {
    stop()
    problem.value = null
    const body = question.value
    isLooking.value = body !== null
    if (body === null) candidates.value = null
    else timer = setTimeout(() => void ask(body), SETTLED_MS)
  }, { immediate: true })
  onBeforeUnmount(stop)

  return { candidates, isLooking, problem }
}
