import { Location } from '@element-plus/icons-vue'

import type { Screen } from '../shell/screens'
import { OF_OPERATIONS } from '../stores/session'

const screen: Screen = {
  name: 'map',
  title: 'map.title',
  path: '/map',
  icon: Location,
  order: 1,
  roles: OF_OPERATIONS,
  key: 'm',
  component: () => import('./MapScreen.vue'),
}

export default screen
