import { POSITION_FRESH_S } from '../units/unit'
import { CLASSES } from '../units/unit-table'
import type { Colours } from './colours'

/** Pixels at scale 1, without frames and badges. */
export const UNIT_RADIUS = 9
const ROOM = 4
const FADED = 0.5

/** What a unit's symbol shows: indices as in the units' table. */
export interface UnitLook {
  duty: number
  class: number
  busy: number
  /** People on duty by the quorum, 0 to 4 quarters. */
  quarters: number
  isStale: boolean
}

export function isStale(ageS: number): boolean {
  return ageS > POSITION_FRESH_S
}

/**
 * Symbols of units, each drawn once.
 *
 * Shape tells the duty (disc: on; diamond, filled by the quorum's quarters: short; ring: off), the letter the class; a dashed and
 * faded one has an old position; the badge says under orders (wedge), resting (bars) or suspended (stroke).
 */
export class UnitSymbols {
  private readonly drawn = new Map<number, HTMLCanvasElement>()

  constructor(private readonly colours: Colours, private readonly pixelRatio: number) {}

  symbol(look: UnitLook): HTMLCanvasElement {
    const key = (((look.duty * 4 + look.class) * 4 + look.busy) * 5 + look.quarters) * 2 + (look.isStale ? 1 : 0)
    let canvas = this.drawn.get(key)
    if (canvas === undefined) {
      canvas = this.draw(look)
      this.drawn.set(key, canvas)
    }
    return canvas
  }

  private draw(look: UnitLook): HTMLCanvasElement {
    const { scale } = this.colours
    const side = 2 * (UNIT_RADIUS + ROOM)
    const canvas = document.createElement('canvas')
    canvas.width = canvas.height = Math.ceil(side * scale * this.pixelRatio)
    const pen = canvas.getContext('2d')!
    pen.scale(scale * this.pixelRatio, scale * this.pixelRatio)
    pen.translate(side / 2, side / 2)
    pen.globalAlpha = look.isStale ? FADED : 1
    this.body(pen, look)
    this.letter(pen, look)
    this.badge(pen, look)
    return canvas
  }

  private body(pen: CanvasRenderingContext2D, look: UnitLook): void {
    const { on, short, off, surface } = this.colours
    const colour = [off, short, on][look.duty]!
    pen.strokeStyle = colour
    pen.lineWidth = look.duty === 0 ? 1.5 : 2
    pen.fillStyle = look.duty === 2 ? colour : surface
    pen.setLineDash(look.isStale ? [3, 2] : [])
    outline(pen, look.duty)
    pen.fill()
    if (look.duty === 1) this.fillQuarters(pen, colour, look.quarters)
    outline(pen, look.duty)
    pen.stroke()
    pen.setLineDash([])
  }

  private fillQuarters(pen: CanvasRenderingContext2D, colour: string, quarters: number): void {
    const height = (2 * UNIT_RADIUS * quarters) / 4
    pen.save()
    outline(pen, 1)
    pen.clip()
    pen.globalAlpha *= 0.45
    pen.fillStyle = colour
    pen.fillRect(-UNIT_RADIUS, UNIT_RADIUS - height, 2 * UNIT_RADIUS, height)
    pen.restore()
  }

  private letter(pen: CanvasRenderingContext2D, look: UnitLook): void {
    pen.fillStyle = look.duty === 2 ? this.colours.surface : this.colours.text
    pen.font = `600 10px ${this.colours.font}`
    pen.textAlign = 'center'
    pen.textBaseline = 'middle'
    pen.fillText(CLASSES[look.class]!, 0, 0.5)
  }

  private badge(pen: CanvasRenderingContext2D, look: UnitLook): void {
    const { accent, surface, text } = this.colours
    pen.globalAlpha = 1
    pen.lineWidth = 1.5
    if (look.busy === 1) {
      pen.fillStyle = accent
      pen.strokeStyle = surface
      pen.beginPath()
      pen.moveTo(3, -12)
      pen.lineTo(12, -12)
      pen.lineTo(12, -3)
      pen.closePath()
      pen.fill()
      pen.stroke()
    } else if (look.busy === 2) {
      pen.fillStyle = text
      pen.fillRect(5, -12, 2.5, 7)
      pen.fillRect(9, -12, 2.5, 7)
    } else if (look.busy === 3) {
      pen.strokeStyle = text
      pen.lineWidth = 2
      pen.beginPath()
      pen.moveTo(-UNIT_RADIUS, UNIT_RADIUS)
      pen.lineTo(UNIT_RADIUS, -UNIT_RADIUS)
      pen.stroke()
    }
  }
}

function outline(pen: CanvasRenderingContext2D, duty: number): void {
  pen.beginPath()
  if (duty === 1) {
    const reach = UNIT_RADIUS + 1.5
    pen.moveTo(0, -reach)
    pen.lineTo(reach, 0)
    pen.lineTo(0, reach)
    pen.lineTo(-reach, 0)
    pen.closePath()
  } else {
    pen.arc(0, 0, duty === 0 ? UNIT_RADIUS - 1.5 : UNIT_RADIUS - 0.5, 0, 2 * Math.PI)
  }
}
