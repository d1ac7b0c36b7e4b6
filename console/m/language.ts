import { TEXTS, type TextKey } from './texts'

export type Language = 'zh-CN' | 'en'
export type { TextKey }

const KEPT = 'meu.language'
let current: Language = 'zh-CN'

/** The language of everything that is shown. */
export function language(): Language {
  return current
}

/** From what was chosen on this phone; Chinese by default. */
export function startLanguage(): void {
  setLanguage(localStorage.getItem(KEPT) === 'en' ? 'en' : 'zh-CN')
}

export function setLanguage(chosen: Language): void {
  current = chosen
  document.documentElement.lang = chosen
  document.title = t('app')
  localStorage.setItem(KEPT, chosen)
}

/** A text in the current language; `{name}` in it is replaced by the value of that name. */
export function t(key: TextKey, values: Record<string, string | number> = {}): string {
  return textIn(current, key, values)
}

function textIn(chosen: Language, key: TextKey, values: Record<string, string | number> = {}): string {
  return TEXTS[key][chosen === 'en' ? 1 : 0].replace(/\{(\w+)\}/g, (_, name: string) => String(values[name] ?? ''))
}

/** Whether there is a text of this key: codes of the server's closed lists are looked up by it. */
export function isText(key: string): key is TextKey {
  return Object.prototype.hasOwnProperty.call(TEXTS, key)
}
