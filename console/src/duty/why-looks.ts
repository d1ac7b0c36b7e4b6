import type { Why } from './board'
import type { Shape } from './RoundMark.vue'

/** A reason's colour and shape: empty, run out, half, barred. */
export const WHY_LOOKS: Record<Why, { look: string; shape: Shape }> = {
  nobody: { look: 'is-critical', shape: 'empty' },
  'lease-ended': { look: 'is-critical', shape: 'dashed' },
  'below-quorum': { look: 'is-serious', shape: 'half' },
  suspended: { look: 'is-quiet', shape: 'barred' },
}
