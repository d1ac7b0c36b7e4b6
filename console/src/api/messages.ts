export default {
  'zh-CN': {
    offline: '网络不通，请检查连接后重试',
    timeout: '服务未在规定时间内应答，请稍后重试',
    'unreadable-answer': '服务应答异常，请稍后重试；若持续出现请联系系统管理员',
    fault: '页面出错，请刷新后重试',
  },
  en: {
    offline: 'No connection. Check the network and try again',
    timeout: 'No answer in time. Try again in a moment',
    'unreadable-answer': 'The service’s answer could not be read. Try again; if it stays so, tell the administrator',
    fault: 'Something failed on this page. Load it again',
  },
}
