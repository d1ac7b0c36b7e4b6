import { defineStore } from 'pinia'
import { computed, ref } from 'vue'

import { now } from '../formats/now'
import type { StreamState } from '../live/stream'

/** Heartbeats come each 15 s; behind this the screen says how old it is. */
const FRESH_S = 20

/** Whether what the screens show is of now. */
export const useConnection = defineStore('connection', () => {
  const state = ref<StreamState>('stopped')
  const heardAt = ref(0)

  /** Seconds since anything arrived. */
  const ageS = computed(() => (heardAt.value === 0 ? 0 : Math.max(0, (now.value - heardAt.value) / 1000)))
  const isLive = computed(() => state.value === 'live' && ageS.value <= FRESH_S)

  return { state, heardAt, ageS, isLive }
})
