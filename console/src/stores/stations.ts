import { defineStore } from 'pinia'
import { computed, ref, shallowRef } from 'vue'

import { api } from '../api'
import type { Station } from '../api/organisation'
import { isWithin } from '../stations/nodes'

/** The account's part of the organisation tree. */
export const useStations = defineStore('stations', () => {
  const list = shallowRef<Station[]>([])
  const isLoaded = ref(false)
  /** Counts whose they are. */
  let epoch = 0
  const byId = computed(() => new Map(list.value.map((station) => [station.station_id, station])))

  async function load(): Promise<void> {
    const whose = epoch
    const stations = await api.all<Station>('/checkin/v1/stations')
    if (whose !== epoch) return
    list.value = stations
    isLoaded.value = true
  }

  /** What people call it; its id while it is not known. */
  function nameOf(stationId: string): string {
    return byId.value.get(stationId)?.name ?? stationId
  }

  /** A station and all below it. */
  function within(stationId: string): Station[] {
    const top = byId.value.get(stationId)
    if (top === undefined) return []
    return list.value.filter(({ path }) => isWithin(path, top.path))
  }

  function forget(): void {
    epoch += 1
    list.value = []
    isLoaded.value = false
  }

  return { list, byId, isLoaded, load, nameOf, within, forget }
})
