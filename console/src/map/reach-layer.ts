import ImageLayer from 'ol/layer/Image'
import ImageCanvas from 'ol/source/ImageCanvas'

import type { Colours } from './colours'

/** How far a unit's people come on foot, metres: within one minute, and within three. */
export interface Reach {
  one: number
  three: number
}

/** As dispatch reckons travel times unless it is told otherwise: 1.5 m/s on streets 1.4 times as long as the straight line. */
export const REACH_AT_FIRST: Reach = { one: 65, three: 195 }
const AS_SQUARES_PX = 3

/** Where units on duty come within one and three minutes: one area each, however many overlap. */
export class ReachLayer extends ImageLayer<ImageCanvas> {
  private places: Float64Array = new Float64Array(0)
  private reach: Reach = REACH_AT_FIRST
  private colours: Colours
  /** Web Mercator metres are longer than those on the ground, by this at the city's latitude. */
  private stretch = 1

  constructor(colours: Colours) {
    super({ zIndex: 3 })
    this.colours = colours
    this.setSource(new ImageCanvas({
      ratio: 1.3,
      canvasFunction: (extent, resolution, pixelRatio, size) => this.draw(extent, resolution, pixelRatio, size),
    }))
  }

  show(places: Float64Array, reach: Reach, latitude: number): void {
    this.places = places
    this.reach = reach
    this.stretch = 1 / Math.cos((latitude * Math.PI) / 180)
    this.getSource()!.changed()
  }

  paint(colours: Colours): void {
    this.colours = colours
    this.getSource()!.changed()
  }

  private draw(extent: number[], resolution: number, pixelRatio: number, size: number[]): HTMLCanvasElement {
    const canvas = document.createElement('canvas')
    canvas.width = Math.round(size[0]!)
    canvas.height = Math.round(size[1]!)
    const pen = canvas.getContext('2d')!
    const perMetre = pixelRatio / resolution
    pen.fillStyle = this.colours.accent
    for (const [metres, alpha] of [[this.reach.three, 0.18], [this.reach.one, 0.4]] as const) {
      const radius = metres * this.stretch * perMetre
      pen.globalAlpha = alpha
      pen.beginPath()
      for (let at = 0; at < this.places.length; at += 2) {
        const x = (this.places[at]! - extent[0]!) * perMetre
        const y = (extent[3]! - this.places[at + 1]!) * perMetre
        if (radius < AS_SQUARES_PX) {
          pen.rect(x - radius, y - radius, 2 * radius, 2 * radius)
        } else {
          pen.moveTo(x + radius, y)
          pen.arc(x, y, radius, 0, 2 * Math.PI)
        }
      }
      pen.fill()
    }
    return canvas
  }
}
