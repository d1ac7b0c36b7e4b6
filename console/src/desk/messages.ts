export default {
  'zh-CN': {
    title: '处置台',
    heading: '处置中的警情',
    empty: '目前没有处置中的警情。新警情会自动出现在这里。',
    loading: '正在读取警情…',
    reported: '报告时间', class: '类别', severity: '等级', station: '单位', description: '描述', stages: '1-3-5 时限',
  },
  en: {
    title: 'Desk',
    heading: 'Open incidents',
    empty: 'No incident is open. A new one shows up here by itself.',
    loading: 'Reading the incidents…',
    reported: 'Reported', class: 'Class', severity: 'Severity', station: 'Station', description: 'Description',
    stages: '1-3-5 clocks',
  },
}
