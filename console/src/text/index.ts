import { createI18n } from 'vue-i18n'
import type { Ref } from 'vue'

import terms from './terms'

export type Locale = 'zh-CN' | 'en'
export interface Words { [key: string]: string | Words }
/** What a folder's `messages.ts` exports: the same keys in both languages. They are found under the folder's name. */
export type Messages = Record<Locale, Words>

const REMEMBERED = 'meu.locale'
export const LOCALES: readonly { locale: Locale; name: string }[] = [
  { locale: 'zh-CN', name: '中文' },
  { locale: 'en', name: 'English' },
]

const found = import.meta.glob<Messages>('../*/messages.ts', { eager: true, import: 'default' })

/** All words, by folder. */
export const folders: Record<string, Messages> = Object.fromEntries([
  ['terms', terms],
  ...Object.entries(found).map(([path, messages]) => [path.split('/')[1]!, messages] as const),
])

function wordsIn(locale: Locale): Words {
  return Object.fromEntries(Object.entries(folders).map(([folder, messages]) => [folder, messages[locale]]))
}

export const i18n = createI18n({
  legacy: false,
  locale: remembered(),
  fallbackLocale: 'en',
  messages: { 'zh-CN': wordsIn('zh-CN'), en: wordsIn('en') },
})

const locale = i18n.global.locale as unknown as Ref<string>

export function currentLocale(): Locale {
  return locale.value as Locale
}

/** Switch the language in place, and remember it in this browser. */
export function setLocale(chosen: Locale): void {
  locale.value = chosen
  document.documentElement.lang = chosen
  document.title = i18n.global.t('shell.product')
  localStorage.setItem(REMEMBERED, chosen)
}

function remembered(): Locale {
  const stored = typeof localStorage === 'undefined' ? null : localStorage.getItem(REMEMBERED)
  return stored === 'en' ? 'en' : 'zh-CN'
}
