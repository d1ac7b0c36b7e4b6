import type { Box } from '../units/unit-filter'

/** On each side, as a part of the view: so that a small move needs no new stream. */
const MORE = 0.5
/** How much larger than needed, in area, is still worth keeping. */
const LARGER_MAX = 16

/** The box whose units' changes to ask for: the one that is asked for already as long as it serves this view. */
export function boxToAskFor(asked: Box | null, view: Box): Box {
  if (asked !== null && holds(asked, view) && areaOf(asked) <= LARGER_MAX * areaOf(view)) return asked
  const [west, south, east, north] = view
  const [wide, high] = [(east - west) * MORE, (north - south) * MORE]
  return [Math.max(west - wide, -180), Math.max(south - high, -85), Math.min(east + wide, 180), Math.min(north + high, 85)]
}

function holds(outer: Box, inner: Box): boolean {
  return outer[0] <= inner[0] && outer[1] <= inner[1] && outer[2] >= inner[2] && outer[3] >= inner[3]
}

function areaOf([west, south, east, north]: Box): number {
  return (east - west) * (north - south)
}
