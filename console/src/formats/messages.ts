export default {
  'zh-CN': {
    seconds: '{n} 秒', minutes: '{n} 分钟', hours: '{n} 小时', days: '{n} 天', metres: '{n} 米', kilometres: '{n} 公里',
  },
  en: { seconds: '{n} s', minutes: '{n} min', hours: '{n} h', days: '{n} d', metres: '{n} m', kilometres: '{n} km' },
}
