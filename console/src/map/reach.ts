import { REACH_AT_FIRST, type Reach } from './reach-layer'

export type { Reach }

const REMEMBERED = 'meu.reach'
const METRES_MAX = 5000

/** What was last set in this browser. */
export function rememberedReach(): Reach {
  const [one, three] = (localStorage.getItem(REMEMBERED) ?? '').split(',').map(Number)
  return isReach(one) && isReach(three) ? { one, three } : REACH_AT_FIRST
}

export function rememberReach({ one, three }: Reach): void {
  localStorage.setItem(REMEMBERED, `${String(one)},${String(three)}`)
}

/** Whether it is a distance on foot, in metres. */
export function isReach(metres: number | undefined): metres is number {
  return metres !== undefined && metres > 0 && metres <= METRES_MAX
}
