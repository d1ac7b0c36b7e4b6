import type BaseLayer from 'ol/layer/Base'
import { fromLonLat } from 'ol/proj'
import { computed, watch } from 'vue'

import { useTimeTexts } from '../formats/time'
import { theme } from '../shell/theme'
import { useStations } from '../stores/stations'
import { useUnits } from '../stores/units'
import { currentLocale } from '../text'
import { currentColours } from './colours'
import { useOrderLines } from './order-lines'
import { OrdersLayer } from './orders-layer'
import type { LayerName } from './permalink'
import { ReachLayer } from './reach-layer'
import { StationsLayer } from './stations-layer'
import { UnitsLayer } from './units-layer'

export interface CityLayers {
  units: UnitsLayer
  orders: OrdersLayer
  stations: StationsLayer
  reach: ReachLayer
}

/** The layers that are drawn from the stores: those of `shown` are seen; `chosen` is the id of the unit that is marked. */
export function useLayers(shown: () => readonly LayerName[], chosen: () => string | null): CityLayers {
  const { age } = useTimeTexts()
  const [units, stations, lines] = [useUnits(), useStations(), useOrderLines()]
  const colours = currentColours()
  const layers: CityLayers = {
    units: new UnitsLayer(colours, age),
    orders: new OrdersLayer(colours),
    stations: new StationsLayer(colours),
    reach: new ReachLayer(colours),
  }
  layers.units.setZIndex(10)

  const mark = computed(() => {
    const unitId = chosen()
    return unitId === null ? null : units.row(unitId)
  })

  watch(mark, (row) => { layers.units.choose(row === null ? null : fromLonLat([row.lon, row.lat]) as [number, number]) }, { immediate: true })
  watch(() => stations.list, (list) => { layers.stations.show(list) }, { immediate: true })
  watch(lines, (drawn) => { layers.orders.show(drawn) }, { immediate: true })
  watch(shown, (names) => {
    for (const [name, layer] of Object.entries(layers) as [LayerName, BaseLayer][]) layer.setVisible(names.includes(name))
  }, { immediate: true })
  watch([theme, () => currentLocale()], () => {
    const now = currentColours()
    layers.units.paint(now, age)
    for (const layer of [layers.orders, layers.stations, layers.reach]) layer.paint(now)
  }, { flush: 'post' })

  return layers
}
