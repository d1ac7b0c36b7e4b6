import { onBeforeUnmount, onMounted, shallowReactive } from 'vue'

const SEQUENCE_MS = 1200

/** `keys`: `n`, `Shift+N`, `Ctrl+k`, or two one after the other: `g d`. `label` is a message's key. */
export interface KeyBinding {
  keys: string
  label: string
  run: () => void
}

const bindings = shallowReactive(new Set<KeyBinding>())
let begun: { key: string; at: number } | null = null

/** All keys that do something now, as they are to be shown. */
export function boundKeys(): KeyBinding[] {
  return [...bindings]
}

/** Keys that do something while the component is on the screen. The last one bound wins. */
export function useKeys(own: readonly KeyBinding[]): void {
  onMounted(() => { for (const binding of own) bindings.add(binding) })
  onBeforeUnmount(() => { for (const binding of own) bindings.delete(binding) })
}

/** The one listener; it stays away from what is typed into fields, and from what is open above the screen. */
export function onKeyDown(event: KeyboardEvent): void {
  if (event.defaultPrevented || event.isComposing || event.altKey || event.metaKey) return
  const pressed = nameOf(event)
  if (!event.ctrlKey && (isTyping(event.target) || isCovered())) return
  const isBehind = begun !== null && event.timeStamp - begun.at < SEQUENCE_MS
  const sequence = isBehind ? `${begun!.key} ${pressed}` : pressed
  const all = boundKeys().reverse()
  const hit = all.find(({ keys }) => keys === sequence) ?? all.find(({ keys }) => keys === pressed)
  begun = all.some(({ keys }) => keys.startsWith(`${pressed} `)) ? { key: pressed, at: event.timeStamp } : null
  if (hit === undefined) return
  begun = null
  event.preventDefault()
  hit.run()
}

function nameOf(event: KeyboardEvent): string {
  const isLetter = /^[a-z]$/i.test(event.key)
  const key = isLetter ? (event.shiftKey ? `Shift+${event.key.toUpperCase()}` : event.key.toLowerCase()) : event.key
  return event.ctrlKey ? `Ctrl+${key}` : key
}

function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false
  return target.isContentEditable || ['INPUT', 'TEXTAREA', 'SELECT'].includes(target.tagName)
}

function isCovered(): boolean {
  return document.querySelector('dialog[open]') !== null
}
