import acts from './words/acts'
import alerts from './words/alerts'
import list from './words/list'
import panel from './words/panel'
import report from './words/report'
import timeline from './words/timeline'

const all = [list, panel, timeline, acts, report, alerts]

export default {
  'zh-CN': Object.assign({}, ...all.map((words) => words['zh-CN'])),
  en: Object.assign({}, ...all.map((words) => words.en)),
}
