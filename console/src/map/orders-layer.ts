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
  private colours: Colours

  constructor(colours: Colours) {
    super({ source: new VectorSource(), zIndex: 15, declutter: true })
    this.colours = colours
  }

  show(lines: readonly OrderLine[]): void {
    const source = this.getSource()!
    source.clear(true)
    source.addFeatures(lines.map((line) => this.feature(line)))
  }

  paint(colours: Colours): void {
    this.colours = colours
  }

  private feature({ from, to, isOpen, isLate, eta }: OrderLine): Feature {
    const { accent, serious, surface, font, scale } = this.colours
    const ends = [from, to].map(({ lon, lat }) => fromLonLat([lon, lat]))
    const color = isLate ? serious : accent
    const feature = new Feature(new LineString(ends))
    feature.setStyle([
      new Style({ stroke: new Stroke({ color: surface, width: 5 * scale }) }),
      new Style({ stroke: new Stroke({ color, width: 2.5 * scale, lineDash: isOpen ? [6, 5] : undefined }) }),
      new Style({
        geometry: new Point([(ends[0]![0]! + ends[1]![0]!) / 2, (ends[0]![1]! + ends[1]![1]!) / 2]),
        text: new Text({
          text: eta,
          font: `600 ${String(Math.round(11 * scale))}px ${font}`,
          fill: new Fill({ color }),
          backgroundFill: new Fill({ color: surface }),
          backgroundStroke: new Stroke({ color, width: 1 }),
          padding: [2, 4, 1, 4],
        }),
      }),
    ])
    return feature
  }
}
