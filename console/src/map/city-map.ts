import { defaults as defaultControls } from 'ol/control/defaults'
import ScaleLine from 'ol/control/ScaleLine'
import { defaults as defaultInteractions } from 'ol/interaction/defaults'
import type BaseLayer from 'ol/layer/Base'
import Map from 'ol/Map'
import { fromLonLat, toLonLat, transformExtent } from 'ol/proj'
import View from 'ol/View'

import type { Station } from '../api/organisation'
import type { Box } from '../units/unit-filter'
import type { MapPlace } from './permalink'

const ZOOM_MIN = 7
const ZOOM_MAX = 19
const AROUND_STATIONS_DEGREES = 0.05

/** An OpenLayers map in `target`, which is reached by Tab and moved by arrow keys, + and −. `buttons`: the words on its own ones. */
export function createCityMap(target: HTMLElement, layers: BaseLayer[], buttons?: { in: string; out: string }): Map {
  return new Map({
    target,
    layers,
    keyboardEventTarget: target,
    controls: defaultControls({
      rotate: false,
      zoom: buttons !== undefined,
      zoomOptions: { zoomInTipLabel: buttons?.in, zoomOutTipLabel: buttons?.out },
      attributionOptions: { collapsible: false },
    }).extend([new ScaleLine({ units: 'metric' })]),
    interactions: defaultInteractions({ altShiftDragRotate: false, pinchRotate: false }),
    view: new View({ center: fromLonLat([113.3, 23.1]), zoom: 10, minZoom: ZOOM_MIN, maxZoom: ZOOM_MAX, enableRotation: false }),
  })
}

/** West, south, east, north of what is seen, in degrees; `more` widens it by this part of its size on each side. */
export function boxOf(map: Map, more = 0): Box {
  const [west, south, east, north] = transformExtent(map.getView().calculateExtent(map.getSize()), 'EPSG:3857', 'EPSG:4326') as [number, number, number, number]
  const [wide, high] = [(east - west) * more, (north - south) * more]
  return [west - wide, south - high, east + wide, north + high]
}

export function placeOf(map: Map): MapPlace {
  const [lon, lat] = toLonLat(map.getView().getCenter()!) as [number, number]
  return { lon, lat, zoom: map.getView().getZoom()! }
}

export function lookAt(map: Map, { lon, lat, zoom }: MapPlace): void {
  map.getView().setCenter(fromLonLat([lon, lat]))
  map.getView().setZoom(zoom)
}

/** Move there, with a glance at the way unless the person wants no motion. */
export function flyTo(map: Map, { lon, lat, zoom }: MapPlace): void {
  const duration = matchMedia('(prefers-reduced-motion: reduce)').matches ? 0 : 350
  map.getView().animate({ center: fromLonLat([lon, lat]), zoom, duration })
}

/** Nearer by `levels`, or further for fewer than none. */
export function zoomBy(map: Map, levels: number): void {
  map.getView().animate({ zoom: map.getView().getZoom()! + levels, duration: 200 })
}

/** Look at all of these stations. */
export function lookAtStations(map: Map, stations: readonly Station[]): void {
  if (stations.length === 0) return
  const lons = stations.map(({ location }) => location.lon)
  const lats = stations.map(({ location }) => location.lat)
  const around = AROUND_STATIONS_DEGREES
  const box = [Math.min(...lons) - around, Math.min(...lats) - around, Math.max(...lons) + around, Math.max(...lats) + around]
  map.getView().fit(transformExtent(box, 'EPSG:4326', 'EPSG:3857'), { padding: [16, 16, 16, 16], maxZoom: 15 })
}
