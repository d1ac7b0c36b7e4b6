import { defineStore } from 'pinia'
import { ref, shallowRef } from 'vue'

/** A base map that the city has its own server for. `url` has {z}, {x} and {y}. */
export interface Basemap {
  url: string
  attribution: string
  max_zoom?: number
}

interface Config {
  demo?: boolean
  basemap?: Basemap | null
}

/** What this deployment says of itself, in /console/config.json. */
export const useDeployment = defineStore('deployment', () => {
  const isDemo = ref(false)
  const basemap = shallowRef<Basemap | null>(null)

  async function load(): Promise<void> {
    try {
      const response = await fetch('/console/config.json')
      if (!response.ok) return
      const config = (await response.json()) as Config
      isDemo.value = config.demo ?? false
      basemap.value = config.basemap ?? null
    } catch {
      // Not served by a deployment (the development server): neither a demo nor a base map.
    }
  }

  return { isDemo, basemap, load }
})
