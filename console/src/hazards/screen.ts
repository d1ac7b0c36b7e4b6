import { WarnTriangleFilled } from '@element-plus/icons-vue'

import type { Screen } from '../shell/screens'
import { OF_OPERATIONS } from '../stores/session'

const screen: Screen = {
  name: 'hazards',
  title: 'hazards.title',
  path: '/hazards',
  icon: WarnTriangleFilled,
  order: 4,
  roles: OF_OPERATIONS,
  key: 'h',
  component: () => import('./HazardsScreen.vue'),
}

export default screen
