import { Tickets, User } from '@element-plus/icons-vue'

import type { Screen } from '../shell/screens'

const accounts: Screen = {
  name: 'accounts',
  title: 'administration.accounts',
  path: '/accounts',
  icon: User,
  order: 10,
  roles: ['system-administrator', 'security-administrator'],
  key: 'a',
  component: () => import('./AccountsScreen.vue'),
}

const audit: Screen = {
  name: 'audit',
  title: 'administration.audit.title',
  path: '/audit',
  icon: Tickets,
  order: 11,
  roles: ['auditor'],
  key: 'u',
  component: () => import('./AuditScreen.vue'),
}

export default [accounts, audit]
