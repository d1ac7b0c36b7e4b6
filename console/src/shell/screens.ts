import type { Component } from 'vue'

import type { Role } from '../api/session'

/** A screen of the console. `title` is a message's key. */
export interface Screen {
  name: string
  title: string
  /** Below /console, e.g. /desk. */
  path: string
  icon: Component
  /** Its place in the navigation. */
  order: number
  roles: readonly Role[]
  /** The second key behind `g` that leads to it. */
  key: string
  component: () => Promise<unknown>
}

const found = import.meta.glob<Screen | Screen[]>('../*/screen.ts', { eager: true, import: 'default' })

/** Every folder's `screen.ts`, in the order of the navigation. */
export const screens: readonly Screen[] = Object.entries(found)
  .flatMap(([, screen]) => screen)
  .sort((one, other) => one.order - other.order)
