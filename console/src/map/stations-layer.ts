import Feature from 'ol/Feature'
import Point from 'ol/geom/Point'
import VectorLayer from 'ol/layer/Vector'
import { fromLonLat } from 'ol/proj'
import VectorSource from 'ol/source/Vector'
import Fill from 'ol/style/Fill'
import RegularShape from 'ol/style/RegularShape'
import Stroke from 'ol/style/Stroke'
import Style from 'ol/style/Style'
import Text from 'ol/style/Text'

import type { Station } from '../api/organisation'
import type { Colours } from './colours'

const RADIUS = { city: 11, district: 9, station: 7 }
/** Zooms from which a level's stars are shown. Below it they would hide the numbers of units. */
const FROM_ZOOM = { city: 0, district: 0, station: 12.5 }

/** Police stations as stars with their names. */
export class StationsLayer extends VectorLayer {
  constructor(colours: Colours) {
    super({ source: new VectorSource(), zIndex: 12, declutter: true })
    this.paint(colours)
  }

  show(stations: readonly Station[]): void {
    const source = this.getSource()!
    source.clear()
    source.addFeatures(stations.map((station) => {
      const feature = new Feature(new Point(fromLonLat([station.location.lon, station.location.lat])))
      feature.setId(station.station_id)
      feature.set('station', station)
      return feature
    }))
  }

  paint(colours: Colours): void {
    const drawn: Partial<Record<string, Style>> = {}
    this.setStyle((feature, resolution) => {
      const station = feature.get('station') as Station
      const zoom = Math.log2(156543.034 / resolution)
      if (zoom < FROM_ZOOM[station.level]) return undefined
      return drawn[station.station_id] ??= styleOf(station, colours)
    })
  }
}

function styleOf(station: Station, colours: Colours): Style {
  const radius = RADIUS[station.level] * colours.scale
  const image = new RegularShape({
    points: 5,
    radius,
    radius2: radius / 2,
    fill: new Fill({ color: colours.accent }),
    stroke: new Stroke({ color: colours.surface, width: 1.5 }),
    declutterMode: 'obstacle',
  })
  const text = new Text({
    text: station.name,
    font: `${String(Math.round(11 * colours.scale))}px ${colours.font}`,
    offsetY: radius + 8 * colours.scale,
    fill: new Fill({ color: colours.accent }),
    stroke: new Stroke({ color: colours.surface, width: 3 }),
  })
  return new Style({ image, text })
}
