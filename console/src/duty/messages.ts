export default {
  'zh-CN': {
    title: '值守',
    heading: '各单位在岗情况',
    empty: '您的范围内还没有单元。请先导入单元资料。',
    loading: '正在读取单元…',
    station: '单位', units: '单元',
  },
  en: {
    title: 'Duty',
    heading: 'On duty, by station',
    empty: 'There are no units in your part of the city yet. Import them first.',
    loading: 'Reading the units…',
    station: 'Station', units: 'Units',
  },
}
