export default {
  'zh-CN': { clock: '系统计时', matcher: '自动调派', self: '{name}（本人）', unknown: '账号 {id}' },
  en: { clock: 'clock', matcher: 'matcher', self: '{name} (you)', unknown: 'account {id}' },
}
