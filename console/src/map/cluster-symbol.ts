import type { Colours } from './colours'

const FULL = 2 * Math.PI
const RING = 5

/** In pixels at scale 1: larger for more units. */
export function clusterRadius(count: number): number {
  return Math.min(15 + 5 * Math.log10(count), 34)
}

/** `1234` → `1.2k`. */
function countText(count: number): string {
  return count < 1000 ? String(count) : `${(count / 1000).toFixed(count < 10_000 ? 1 : 0)}k`
}

/** A cluster around (0, 0): how many units, and on its ring and in words which share is on duty. */
export function drawCluster(
  pen: CanvasRenderingContext2D, colours: Colours, count: number, on: number, short: number,
): void {
  const radius = clusterRadius(count)
  const middle = radius - RING / 2
  pen.beginPath()
  pen.arc(0, 0, radius, 0, FULL)
  pen.fillStyle = colours.surface
  pen.fill()
  pen.lineWidth = RING
  let from = -FULL / 4
  for (const [part, colour] of [[on, colours.on], [short, colours.short], [count - on - short, colours.line]] as const) {
    const to = from + (part / count) * FULL
    pen.beginPath()
    pen.arc(0, 0, middle, from, to)
    pen.strokeStyle = colour
    pen.stroke()
    from = to
  }
  pen.textAlign = 'center'
  pen.textBaseline = 'middle'
  pen.fillStyle = colours.text
  const hasRoom = radius >= 19
  pen.font = `600 ${hasRoom ? '12' : '11'}px ${colours.font}`
  pen.fillText(countText(count), 0, hasRoom ? -4 : 0.5)
  if (!hasRoom) return
  pen.font = `10px ${colours.font}`
  pen.fillStyle = colours.quiet
  pen.fillText(`${String(Math.round((100 * on) / count))}%`, 0, 8)
}
