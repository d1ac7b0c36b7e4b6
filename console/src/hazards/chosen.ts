import { computed, onScopeDispose, ref, shallowRef, watch, type Ref } from 'vue'
import { useRoute, useRouter } from 'vue-router'

import { api } from '../api'
import { ProblemError } from '../api/problems'
import { pathOf, type Hazard } from './hazard'

/** The hazard that the address names, whether it is in the list or not. */
export function useChosen(list: Ref<readonly Hazard[]>) {
  const route = useRoute()
  const router = useRouter()
  const id = computed(() => (typeof route.query['hazard'] === 'string' ? route.query['hazard'] : null))
  const alone = shallowRef<Hazard | null>(null)
  /** There is no such hazard, or it is not for this account. */
  const isAbsent = ref(false)
  const problem = shallowRef<unknown>(null)
  const isReading = ref(false)
  let giveUp: AbortController | null = null
  const hazard = computed(() => {
    const listed = list.value.find((one) => one.hazard_id === id.value)
    return listed ?? (alone.value?.hazard_id === id.value ? alone.value : null)
  })

  function choose(hazardId: string | null): void {
    void router.replace({ query: { ...route.query, hazard: hazardId ?? undefined } })
  }

  /** As it is now; null: that could not be read, or another was chosen or something done to it meanwhile. */
  async function read(): Promise<Hazard | null> {
    stop()
    if (id.value === null) return null
    const own = new AbortController()
    giveUp = own
    isReading.value = true
    try {
      const found = await api.get<Hazard>(pathOf(id.value), { signal: own.signal })
      if (own.signal.aborted) return null
      put(found)
      return found
    } catch (error) {
      if (own.signal.aborted) return null
      isAbsent.value = error instanceof ProblemError && error.status === 404
      problem.value = isAbsent.value ? null : error
      isReading.value = false
      return null
    }
  }

  function put(newer: Hazard): void {
    if (newer.hazard_id !== id.value) return
    stop()
    alone.value = newer
    isAbsent.value = false
    problem.value = null
  }

  function stop(): void {
    giveUp?.abort()
    isReading.value = false
  }

  // It stays what it is when the list no longer holds it.
  watch(hazard, (one) => { if (one !== null) alone.value = one })
  watch(id, () => {
    stop()
    isAbsent.value = false
    problem.value = null
    if (hazard.value === null) void read()
  }, { immediate: true })

  onScopeDispose(stop)

  return { id, hazard, isAbsent, isReading, problem, choose, read, put }
}
