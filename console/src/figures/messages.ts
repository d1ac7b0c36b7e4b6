export default {
  'zh-CN': {
    title: '统计',
    heading: '今日概况',
    loading: '正在读取统计…',
    incidents: '警情', coverage: '在岗覆盖率', stage: '{n} 分钟达标率', none: '尚无数据',
  },
  en: {
    title: 'Figures',
    heading: 'Today so far',
    loading: 'Reading the figures…',
    incidents: 'Incidents', coverage: 'On-duty coverage', stage: '{n}-minute stage attained', none: 'Nothing yet',
  },
}
