/** The theme's colours for what is drawn on canvases, which style sheets do not reach. */
export interface Colours {
  ground: string
  surface: string
  line: string
  lineStrong: string
  text: string
  quiet: string
  accent: string
  on: string
  short: string
  off: string
  serious: string
  drill: string
  water: string
  green: string
  font: string
  /** 1 at a desk; more on a wall. */
  scale: number
}

/** As the document is now. */
export function currentColours(): Colours {
  const style = getComputedStyle(document.documentElement)
  const of = (name: string) => style.getPropertyValue(name).trim()
  return {
    ground: of('--ground'),
    surface: of('--surface'),
    line: of('--line'),
    lineStrong: of('--line-strong'),
    text: of('--text'),
    quiet: of('--text-quiet'),
    accent: of('--accent'),
    on: of('--duty-on'),
    short: of('--duty-short'),
    off: of('--duty-off'),
    serious: of('--serious'),
    drill: of('--drill'),
    water: of('--map-water'),
    green: of('--map-green'),
    font: of('--font'),
    scale: document.documentElement.classList.contains('wall') ? 1.35 : 1,
  }
}
