import { User } from '@element-plus/icons-vue'

import type { Screen } from '../shell/screens'

const screen: Screen = {
  name: 'accounts',
  title: 'administration.accounts',
  path: '/accounts',
  icon: User,
  order: 10,
  roles: ['system-administrator', 'security-administrator'],
  key: 'a',
  component: () => import('./AccountsScreen.vue'),
}

export default screen
