import type { Hue } from './plots'

/** The theme's colours and sizes as a canvas needs them. */
export interface Palette {
  text: string
  quiet: string
  line: string
  surface: string
  raised: string
  sizePx: number
  font: string
  hues: Record<Hue, string>
}

const HUE_VARIABLES: Record<Hue, string> = {
  accent: '--accent', good: '--good', serious: '--serious', critical: '--critical', drill: '--drill', quiet: '--duty-off',
}

/** What the variables say now; they change with the theme. */
export function currentPalette(): Palette {
  const style = getComputedStyle(document.documentElement)
  const value = (name: string) => style.getPropertyValue(name).trim()
  const hues = Object.fromEntries(Object.entries(HUE_VARIABLES).map(([hue, name]) => [hue, value(name)])) as Record<Hue, string>
  return {
    text: value('--text'), quiet: value('--text-quiet'), line: value('--line'), surface: value('--surface'),
    raised: value('--surface-raised'), sizePx: Number.parseFloat(value('--size-small')) || 12, font: value('--font'), hues,
  }
}
