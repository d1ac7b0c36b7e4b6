import type { Why } from './board'

/** A reason's colour and shape: empty, run out, half, crossed out. */
export const WHY_LOOKS: Record<Why, { look: string; shape: string }> = {
  nobody: { look: 'is-critical', shape: '○' },
  'lease-ended': { look: 'is-critical', shape: '◌' },
  'below-quorum': { look: 'is-serious', shape: '◐' },
  suspended: { look: 'is-quiet', shape: '⊘' },
}
