import { computed, onBeforeUnmount, onMounted, shallowRef } from 'vue'

import type { ApiClient } from '../api/client'
import { ProblemError } from '../api/problems'
import { serverClock } from '../api/server-clock'
import { now } from '../formats/now'
import { pictureOf } from './pictures'
import { againIn, isShown, nextIn } from './rotation'

/** The picture of a post's rotating code, as an address for <img>; null while none may be shown. */
export function useRotatingCode(client: ApiClient, postId: string) {
  const url = shallowRef<string | null>(null)
  const validUntil = shallowRef(0)
  const postName = shallowRef('')
  const problem = shallowRef<ProblemError | null>(null)
  let timer: ReturnType<typeof setTimeout> | undefined

  const shownUrl = computed(() => (isShown(validUntil.value, now.value) ? url.value : null))
  const leftS = computed(() => Math.max(0, Math.ceil((validUntil.value - now.value) / 1000)))

  async function renew(): Promise<void> {
    let waitMs: number
    try {
      const picture = await pictureOf(client, postId, 'display')
      if (url.value !== null) URL.revokeObjectURL(url.value)
      url.value = URL.createObjectURL(picture.svg)
      validUntil.value = picture.validUntil ?? 0
      postName.value = picture.postName
      problem.value = null
      waitMs = nextIn(validUntil.value, serverClock.now())
    } catch (error) {
      if (!(error instanceof ProblemError)) throw error
      problem.value = error
      waitMs = againIn(error.status)
    }
    clearTimeout(timer)
    timer = setTimeout(() => void renew(), waitMs)
  }

  const hurry = () => void renew()
  onMounted(() => {
    window.addEventListener('online', hurry)
    void renew()
  })
  onBeforeUnmount(() => {
    window.removeEventListener('online', hurry)
    clearTimeout(timer)
    if (url.value !== null) URL.revokeObjectURL(url.value)
  })

  return { shownUrl, leftS, postName, problem }
}
