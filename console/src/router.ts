import { createRouter, createWebHistory, type RouteRecordRaw } from 'vue-router'

import type { Role } from './api/session'
import { screens } from './shell/screens'
import { OF_OPERATIONS, useSession } from './stores/session'

declare module 'vue-router' {
  interface RouteMeta {
    /** Who may see it; without roles, whoever is logged in. */
    roles?: readonly Role[]
    /** Also for whoever is not logged in. */
    isOpen?: boolean
    /** A page of its own: without the shell, and without the live stream. */
    isBare?: boolean
  }
}

const routes: RouteRecordRaw[] = [
  { path: '/login', name: 'login', component: () => import('./login/LoginPage.vue'), meta: { isOpen: true, isBare: true } },
  { path: '/first', name: 'first', component: () => import('./administration/FirstPage.vue'), meta: { isOpen: true, isBare: true } },
  {
    path: '/display/:post', name: 'post-display', component: () => import('./posts/DisplayPage.vue'),
    meta: { isOpen: true, isBare: true },
  },
  {
    path: '/posts/:post/print', name: 'post-print', component: () => import('./posts/PrintPage.vue'),
    meta: { roles: OF_OPERATIONS, isBare: true },
  },
  ...screens.map(({ path, name, component, roles }) => ({ path, name, component, meta: { roles } })),
  { path: '/:path(.*)*', name: 'nowhere', component: () => import('./shell/NowherePage.vue') },
]

export const router = createRouter({ history: createWebHistory('/console/'), routes })

router.beforeEach((to) => {
  const session = useSession()
  if (to.name === 'login') return session.account === null ? true : { path: '/' }
  if (to.meta.isOpen) return true
  if (session.account === null) return { name: 'login', query: to.path === '/' ? {} : { next: to.fullPath } }
  const home = screens.find(({ roles }) => session.hasRole(roles))
  if (to.path === '/' && home !== undefined) return { name: home.name }
  const isAllowed = to.meta.roles !== undefined && session.hasRole(to.meta.roles)
  return isAllowed || to.name === 'nowhere' ? true : { name: 'nowhere', params: { path: [] } }
})
