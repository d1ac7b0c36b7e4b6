/** Building the page. Texts become text nodes: nothing is ever read as HTML. */

export type Child = Node | string | null | false | undefined

type Value = string | number | boolean | null | ((event: never) => unknown)

/** An element. `on…` are listeners; `true` and `false` set or leave out an attribute; `key` keeps the focus on redraw. */
export function el<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Record<string, Value> = {},
  ...children: Child[]
): HTMLElementTagNameMap[K] {
  const node = document.createElement(tag)
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === 'function') node.addEventListener(name.slice(2), value as EventListener)
    else if (value === true) node.setAttribute(name, '')
    else if (value !== false && value !== null) node.setAttribute(name === 'key' ? 'data-key' : name, String(value))
  }
  node.append(...children.filter((child): child is Node | string => child !== null && child !== false && child !== undefined))
  return node
}

const drawn = new WeakMap<Element, string>()
let pressed: Node | null = null

/** Watches what the thumb is on. `released`: it may be drawn anew now. */
export function watchThumb(released: () => void): void {
  addEventListener('pointerdown', ({ target }) => {
    pressed = target as Node
  })
  for (const end of ['pointerup', 'pointercancel']) {
    addEventListener(end, () => {
      pressed = null
      setTimeout(released) // after the click
    })
  }
}

/** Fills `host` anew when what it `shows` has changed, but not under the thumb. What had the focus gets it back. */
export function redraw(host: HTMLElement, shows: unknown, build: () => Child[]): void {
  const signature = JSON.stringify(shows)
  if (drawn.get(host) === signature || (pressed && host.contains(pressed))) return
  drawn.set(host, signature)
  const active = document.activeElement
  const key = active && host.contains(active) ? active.getAttribute('data-key') : null
  host.replaceChildren(...build().filter((child): child is Node | string => !!child))
  if (key) host.querySelector<HTMLElement>(`[data-key="${key}"]`)?.focus({ preventScroll: true })
}

/** A button. `key` names it within its section. */
export function button(
  key: string,
  label: string,
  act: () => unknown,
  more: { class?: string; icon?: Icon; disabled?: boolean } = {},
): HTMLButtonElement {
  const attributes = { type: 'button', key, class: `button ${more.class ?? ''}`, disabled: more.disabled ?? false, onclick: act }
  return el('button', attributes, more.icon ? icon(more.icon) : null, el('span', {}, label))
}

const SURE_WITHIN_MS = 5000

/** A button that does what it says at the second tap only. */
export function sureButton(key: string, label: string, sure: string, act: () => unknown, kind = ''): HTMLButtonElement {
  let armed = false
  const made = button(key, label, () => {
    if (armed) return act()
    armed = true
    made.lastElementChild!.textContent = sure
    setTimeout(() => {
      armed = false
      made.lastElementChild!.textContent = label
    }, SURE_WITHIN_MS)
    return undefined
  }, { class: kind })
  return made
}

/** Line drawings, 24 × 24. */
const ICONS = {
  shield: 'M12 3 20 6v6c0 5-3.5 8-8 9-4.5-1-8-4-8-9V6z M8.5 12l2.5 2.5L16 9.5',
  scan: 'M4 8V4h4 M16 4h4v4 M20 16v4h-4 M8 20H4v-4 M4 12h16',
  keyboard: 'M3 6h18v12H3z M7 10h0 M11 10h0 M15 10h0 M7 14h10',
  leave: 'M14 4H5v16h9 M10 12h11 M17 8l4 4-4 4',
  run: 'M13 4h.01 M8 21l3-6-3-3 3-5 4 3h3 M11 12l4 3 1 6',
  no: 'M5 5l14 14 M19 5 5 19',
  flag: 'M6 21V4 M6 4h12l-3 4 3 4H6',
  map: 'M12 21c5-6 7-9 7-12a7 7 0 1 0-14 0c0 3 2 6 7 12z M12 11.5a2.5 2.5 0 1 0 0-5 2.5 2.5 0 0 0 0 5z',
  sos: 'M12 3 22 20H2z M12 9v5 M12 17h.01',
  camera: 'M4 8h4l2-3h4l2 3h4v11H4z M12 16.5a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7z',
  call: 'M6 3h4l1.5 5-2.5 2a12 12 0 0 0 5 5l2-2.500 5 1.500v4c0 1-1 2-2 2C10 20 4 13 4 5c0-1 1-2 2-2z',
  bell: 'M6 17V11a6 6 0 0 1 12 0v6l2 2H4z M10 21h4',
  back: 'M15 5l-7 7 7 7',
  clock: 'M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18z M12 7v5l3 2',
  people: 'M9 11a3.500 3.500 0 1 0 0-7 3.500 3.500 0 0 0 0 7z M3 20c0-4 2.500-6 6-6s6 2 6 6 M16 5a3 3 0 0 1 0 6 M17 14c2.500.5 4 2.500 4 6',
  send: 'M4 12 20 4l-6 16-3-7z',
} as const

export type Icon = keyof typeof ICONS

export function icon(name: Icon): SVGSVGElement {
  const space = 'http://www.w3.org/2000/svg'
  const svg = document.createElementNS(space, 'svg')
  svg.setAttribute('viewBox', '0 0 24 24')
  svg.setAttribute('aria-hidden', 'true')
  svg.setAttribute('class', 'icon')
  const path = document.createElementNS(space, 'path')
  path.setAttribute('d', ICONS[name])
  svg.append(path)
  return svg
}
