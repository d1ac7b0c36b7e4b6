import type BaseLayer from 'ol/layer/Base'
import type OlMap from 'ol/Map'
import { watch, type ShallowRef } from 'vue'

import { theme } from '../shell/theme'
import { useDeployment } from '../stores/deployment'
import { groundLayers, schematicBase } from './base-layers'
import { currentColours } from './colours'

/** What lies below everything on the map, in the theme's colours. */
export function useGround(map: ShallowRef<OlMap | undefined>): void {
  const deployment = useDeployment()
  let schematic: ReturnType<typeof schematicBase> | null = null
  let laid: BaseLayer[] = []

  async function lay(on: OlMap): Promise<void> {
    schematic ??= schematicBase().catch(() => null)
    const base = deployment.basemap === null ? await schematic : null
    for (const layer of laid) on.removeLayer(layer)
    laid = groundLayers(deployment.basemap, base, currentColours())
    for (const layer of laid) on.addLayer(layer)
  }

  watch([map, theme, () => deployment.basemap], () => { if (map.value !== undefined) void lay(map.value) }, { flush: 'post' })
}
