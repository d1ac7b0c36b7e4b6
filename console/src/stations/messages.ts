export default {
  'zh-CN': { all: '全部单位', search: '输入名称或编号', none: '没有这个单位' },
  en: { all: 'All stations', search: 'Name or code', none: 'No such station' },
}
