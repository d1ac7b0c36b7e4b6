import { User } from '@element-plus/icons-vue'

import type { Screen } from '../shell/screens'
import { OF_ADMINISTRATION } from '../stores/session'

const screen: Screen = {
  name: 'accounts',
  title: 'administration.accounts',
  path: '/accounts',
  icon: User,
  order: 10,
  roles: OF_ADMINISTRATION,
  key: 'a',
  component: () => import('./AccountsScreen.vue'),
}

export default screen
