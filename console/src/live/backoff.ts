const FIRST_MS = 500
const MOST_MS = 15_000

/** How long to wait before the attempt after `failures` failures in a row: doubling, spread over half of it. */
export function backoffMs(failures: number, random: () => number = Math.random): number {
  const full = Math.min(FIRST_MS * 2 ** Math.max(failures - 1, 0), MOST_MS)
  return full / 2 + (random() * full) / 2
}
