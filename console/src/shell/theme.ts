import { ref, watchEffect } from 'vue'

/** `wall`: dark, large, without navigation, for a screen that nobody sits at. */
export type Theme = 'light' | 'dark' | 'wall'
export const THEMES: readonly Theme[] = ['light', 'dark', 'wall']

const REMEMBERED = 'meu.theme'

export const theme = ref<Theme>(remembered())

/** Keep the document in the chosen theme, and remember it in this browser. */
export function startTheme(): void {
  watchEffect(() => {
    const classes = document.documentElement.classList
    classes.toggle('dark', theme.value !== 'light')
    classes.toggle('wall', theme.value === 'wall')
    localStorage.setItem(REMEMBERED, theme.value)
  })
}

function remembered(): Theme {
  const stored = localStorage.getItem(REMEMBERED)
  if (THEMES.includes(stored as Theme)) return stored as Theme
  return matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light'
}
