import { Checked } from '@element-plus/icons-vue'

import type { Screen } from '../shell/screens'
import { OF_OPERATIONS } from '../stores/session'

const screen: Screen = {
  name: 'duty',
  title: 'duty.title',
  path: '/duty',
  icon: Checked,
  order: 3,
  roles: OF_OPERATIONS,
  key: 'b',
  component: () => import('./DutyScreen.vue'),
}

export default screen
