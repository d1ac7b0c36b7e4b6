export default {
  'zh-CN': { title: '一张图', loading: '正在读取单元…' },
  en: { title: 'Map', loading: 'Reading the units…' },
}
