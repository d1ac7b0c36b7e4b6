import { readonly, ref } from 'vue'

import { serverClock } from '../api/server-clock'

const current = ref(serverClock.now())

/** The server's time in milliseconds, moved on each second: what clocks and ages on screens are computed from. */
export const now = readonly(current)

export function startNow(): void {
  setInterval(() => { current.value = serverClock.now() }, 1000)
}
