import { ref, shallowRef } from 'vue'

import { newKey } from './keys'
import { ProblemError } from './problems'

/** A form's request: whether it is under way, and why it failed. */
export function useAsking() {
  const isWorking = ref(false)
  const problem = shallowRef<unknown>(null)
  let key = newKey()

  async function ask(request: (key: string) => Promise<void>): Promise<void> {
    isWorking.value = true
    problem.value = null
    try {
      await request(key)
    } catch (error) {
      problem.value = error
      // Refused, nothing was done: what is sent next is another request. Without an answer it is still this one.
      if (error instanceof ProblemError && error.status !== 0) key = newKey()
    }
    isWorking.value = false
  }

  return { isWorking, problem, ask }
}
