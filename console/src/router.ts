import { createRouter, createWebHistory, type RouteRecordRaw } from 'vue-router'

import { screens } from './shell/screens'
import { useSession } from './stores/session'

const routes: RouteRecordRaw[] = [
  { path: '/login', name: 'login', component: () => import('./login/LoginPage.vue') },
  ...screens.map(({ path, name, component, roles }) => ({ path, name, component, meta: { roles } })),
  { path: '/:path(.*)*', name: 'nowhere', component: () => import('./shell/NowherePage.vue') },
]

export const router = createRouter({ history: createWebHistory('/console/'), routes })

router.beforeEach((to) => {
  const session = useSession()
  if (to.name === 'login') return session.account === null ? true : { path: '/' }
  if (session.account === null) return { name: 'login', query: to.path === '/' ? {} : { next: to.fullPath } }
  const own = screens.filter(({ roles }) => session.hasRole(roles))
  if (to.path === '/' && own[0] !== undefined) return { name: own[0].name }
  const isAllowed = own.some(({ name }) => name === to.name)
  return isAllowed || to.name === 'nowhere' ? true : { name: 'nowhere', params: { path: [] } }
})
