export default {
  'zh-CN': {
    alert: {
      sound: '提示音', soundOn: '提示音：开', soundOff: '提示音：关', soundWaiting: '点击页面任意处后响铃',
      notice: '桌面通知', noticeOn: '桌面通知：开', noticeOff: '桌面通知：关', denied: '浏览器已禁止通知，请在浏览器设置中允许',
      impossible: '此浏览器或连接不支持桌面通知（需要 https）',
      new: '新警情：{what}', newDrill: '【演练】新警情：{what}', overdue: '{stage} 分钟阶段超时：{what}',
      overdueDrill: '【演练】{stage} 分钟阶段超时：{what}', more: '另有 {n} 起', what: '{severity} · {class} · {station}',
    },
  },
  en: {
    alert: {
      sound: 'Sound', soundOn: 'Sound: on', soundOff: 'Sound: off', soundWaiting: 'Sounds after a click anywhere on the page',
      notice: 'Desktop notices', noticeOn: 'Desktop notices: on', noticeOff: 'Desktop notices: off',
      denied: 'The browser blocks notices: allow them in its settings',
      impossible: 'No desktop notices in this browser or without https',
      new: 'New incident: {what}', newDrill: '[DRILL] New incident: {what}', overdue: 'Stage {stage} min overdue: {what}',
      overdueDrill: '[DRILL] Stage {stage} min overdue: {what}', more: 'and {n} more', what: '{severity} · {class} · {station}',
    },
  },
}
