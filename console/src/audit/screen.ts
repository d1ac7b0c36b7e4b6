import { Tickets } from '@element-plus/icons-vue'

import type { Screen } from '../shell/screens'

const screen: Screen = {
  name: 'audit',
  title: 'audit.title',
  path: '/audit',
  icon: Tickets,
  order: 11,
  roles: ['auditor'],
  key: 'u',
  component: () => import('./AuditScreen.vue'),
}

export default screen
