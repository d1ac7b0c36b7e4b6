import type { FrameState } from 'ol/Map'
import Layer from 'ol/layer/Layer'

import type { Drawing } from '../units/drawing'
import { clusterRadius, drawCluster } from './cluster-symbol'
import type { Colours } from './colours'
import { isStale, UNIT_RADIUS, UnitSymbols } from './unit-symbols'

const AGES_FROM_ZOOM = 13.5
const TOUCH_PX = 4

/** What lies under the pointer. */
export interface UnitHit {
  /** Of one unit: its reference in the drawing; null: a cluster. */
  ref: number | null
  count: number
  /** EPSG:3857. */
  place: [number, number]
}

/** Draws the worker's drawing onto one canvas: no feature objects, so that moving the map stays light with any number. */
export class UnitsLayer extends Layer {
  private readonly canvas = document.createElement('canvas')
  private drawing: Drawing | null = null
  private symbols: UnitSymbols | null = null
  private colours: Colours
  private chosen: [number, number] | null = null
  private ageText: (seconds: number) => string

  constructor(colours: Colours, ageText: (seconds: number) => string) {
    super({ className: 'units' })
    this.colours = colours
    this.ageText = ageText
    this.canvas.className = 'units-canvas'
    Object.assign(this.canvas.style, { position: 'absolute', left: '0', top: '0', width: '100%', height: '100%' })
  }

  show(drawing: Drawing): void {
    this.drawing = drawing
    this.changed()
  }

  /** The place of the unit that is marked as chosen, EPSG:3857. */
  choose(place: [number, number] | null): void {
    this.chosen = place
    this.changed()
  }

  paint(colours: Colours, ageText: (seconds: number) => string): void {
    this.colours = colours
    this.ageText = ageText
    this.symbols = null
    this.changed()
  }

  /** The entry under a pixel, the nearest first. */
  hit(pixel: readonly number[], toPixel: (place: [number, number]) => readonly number[] | null): UnitHit | null {
    const { drawing } = this
    if (drawing === null || !this.getVisible()) return null
    let best: UnitHit | null = null
    let bestPx = Number.POSITIVE_INFINITY
    for (let at = 0; at < drawing.counts.length; at += 1) {
      const place: [number, number] = [drawing.places[2 * at]!, drawing.places[2 * at + 1]!]
      const drawn = toPixel(place)
      if (drawn === null) continue
      const count = drawing.counts[at]!
      const apart = Math.hypot(drawn[0]! - pixel[0]!, drawn[1]! - pixel[1]!)
      const radius = (count > 1 ? clusterRadius(count) : UNIT_RADIUS + TOUCH_PX) * this.colours.scale
      if (apart > radius || apart >= bestPx) continue
      bestPx = apart
      best = { ref: count > 1 ? null : drawing.refs[at]!, count, place }
    }
    return best
  }

  override render(frame: FrameState | null): HTMLElement {
    if (frame !== null) this.paintFrame(frame)
    return this.canvas
  }

  private paintFrame(frame: FrameState): void {
    const { canvas, drawing } = this
    const [width, height] = frame.size as [number, number]
    const ratio = frame.pixelRatio
    canvas.width = Math.round(width * ratio)
    canvas.height = Math.round(height * ratio)
    if (drawing === null) return
    const pen = canvas.getContext('2d')!
    // OpenLayers may draw the layers above onto the same canvas.
    pen.save()
    this.symbols ??= new UnitSymbols(this.colours, ratio)
    const { center, resolution, zoom } = frame.viewState
    const toX = (x: number) => ((x - center[0]!) / resolution + width / 2) * ratio
    const toY = (y: number) => ((center[1]! - y) / resolution + height / 2) * ratio
    const margin = 40 * ratio
    for (let at = 0; at < drawing.counts.length; at += 1) {
      const x = toX(drawing.places[2 * at]!)
      const y = toY(drawing.places[2 * at + 1]!)
      if (x < -margin || y < -margin || x > canvas.width + margin || y > canvas.height + margin) continue
      pen.setTransform(1, 0, 0, 1, x, y)
      this.entry(pen, drawing, at, ratio, zoom)
    }
    if (this.chosen !== null) this.halo(pen, toX(this.chosen[0]), toY(this.chosen[1]), ratio)
    pen.restore()
  }

  private entry(pen: CanvasRenderingContext2D, drawing: Drawing, at: number, ratio: number, zoom: number): void {
    const count = drawing.counts[at]!
    if (count > 1) {
      pen.scale(ratio * this.colours.scale, ratio * this.colours.scale)
      drawCluster(pen, this.colours, count, drawing.on[at]!, drawing.short[at]!)
      return
    }
    const age = drawing.ages[at]!
    const symbol = this.symbols!.symbol({
      duty: drawing.duties[at]!,
      class: drawing.classes[at]!,
      busy: drawing.busy[at]!,
      quarters: drawing.quarters[at]!,
      isStale: isStale(age),
    })
    pen.drawImage(symbol, -symbol.width / 2, -symbol.height / 2)
    pen.scale(ratio * this.colours.scale, ratio * this.colours.scale)
    const name = drawing.names[at] ?? ''
    if (name !== '') this.label(pen, shortened(name), 20)
    if (zoom >= AGES_FROM_ZOOM && isStale(age)) {
      this.label(pen, Number.isFinite(age) ? this.ageText(age) : '?', name === '' ? 19 : 33)
    }
  }

  private label(pen: CanvasRenderingContext2D, text: string, below: number): void {
    pen.font = `11px ${this.colours.font}`
    pen.textAlign = 'center'
    pen.textBaseline = 'middle'
    pen.lineWidth = 3
    pen.lineJoin = 'round'
    pen.strokeStyle = this.colours.surface
    pen.strokeText(text, 0, below)
    pen.fillStyle = this.colours.text
    pen.fillText(text, 0, below)
  }

  private halo(pen: CanvasRenderingContext2D, x: number, y: number, ratio: number): void {
    const scale = ratio * this.colours.scale
    pen.setTransform(scale, 0, 0, scale, x, y)
    pen.lineWidth = 3
    pen.strokeStyle = this.colours.accent
    pen.beginPath()
    pen.arc(0, 0, UNIT_RADIUS + 6, 0, 2 * Math.PI)
    pen.stroke()
  }
}

/** A name may be of any length; marks that turn the direction of text do not belong on a map. */
function shortened(name: string): string {
  const plain = name.replace(/[\u200e\u200f\u202a-\u202e\u2066-\u2069]/g, '')
  return plain.length > 16 ? `${plain.slice(0, 15)}…` : plain
}
