import { DataAnalysis } from '@element-plus/icons-vue'

import type { Screen } from '../shell/screens'
import { OF_OPERATIONS } from '../stores/session'

const screen: Screen = {
  name: 'figures',
  title: 'figures.title',
  path: '/figures',
  icon: DataAnalysis,
  order: 5,
  roles: OF_OPERATIONS,
  key: 'f',
  component: () => import('./FiguresScreen.vue'),
}

export default screen
