import { Bell } from '@element-plus/icons-vue'

import type { Screen } from '../shell/screens'
import { OF_OPERATIONS } from '../stores/session'

const screen: Screen = {
  name: 'desk',
  title: 'desk.title',
  path: '/desk',
  icon: Bell,
  order: 2,
  roles: OF_OPERATIONS,
  key: 'd',
  component: () => import('./DeskScreen.vue'),
}

export default screen
