import Feature from 'ol/Feature'
import LineString from 'ol/geom/LineString'
import Point from 'ol/geom/Point'
import VectorLayer from 'ol/layer/Vector'
import { fromLonLat } from 'ol/proj'
import VectorSource from 'ol/source/Vector'
import Fill from 'ol/style/Fill'
import Stroke from 'ol/style/Stroke'
import Style from 'ol/style/Style'
import Text from 'ol/style/Text'

import type { Place } from '../api/organisation'
import type { Colours } from './colours'

/** A shorter line has no room for words. */
const LABEL_FROM_PX = 50

/** An order on the map: from where its assignee is to the incident. */
export interface OrderLine {
  from: Place
  to: Place
  /** Nobody has answered yet. */
  isOpen: boolean
  /** It should have been there by now. */
  isLate: boolean
  /** The time that is left, in words. */
  eta: string
}

/** Orders under way: dashed until acknowledged, with the time until arrival in the middle. */
export class OrdersLayer extends VectorLayer {
  constructor(colours: Colours) {
    super({ source: new VectorSource(), zIndex: 15, declutter: true })
    this.paint(colours)
  }

  show(lines: readonly OrderLine[]): void {
    const source = this.getSource()!
    source.clear(true)
    source.addFeatures(lines.map(featureOf))
  }

  paint(colours: Colours): void {
    this.setStyle((feature, resolution) => stylesOf(feature.get('line') as OrderLine, feature.getGeometry() as LineString, resolution, colours))
  }
}

function featureOf(line: OrderLine): Feature {
  const feature = new Feature(new LineString([line.from, line.to].map(({ lon, lat }) => fromLonLat([lon, lat]))))
  feature.set('line', line)
  return feature
}

function stylesOf({ isOpen, isLate, eta }: OrderLine, way: LineString, resolution: number, colours: Colours): Style[] {
  const { accent, serious, surface, font, scale } = colours
  const color = isLate ? serious : accent
  const line = [
    new Style({ stroke: new Stroke({ color: surface, width: 5 * scale }) }),
    new Style({ stroke: new Stroke({ color, width: 2.5 * scale, lineDash: isOpen ? [6, 5] : undefined }) }),
  ]
  if (way.getLength() / resolution < LABEL_FROM_PX * scale) return line
  const label = new Text({
    text: eta,
    font: `600 ${String(Math.round(11 * scale))}px ${font}`,
    fill: new Fill({ color }),
    backgroundFill: new Fill({ color: surface }),
    backgroundStroke: new Stroke({ color, width: 1 }),
    padding: [2, 4, 1, 4],
  })
  return [...line, new Style({ geometry: new Point(way.getCoordinateAt(0.5)), text: label })]
}
