export default {
  'zh-CN': { accounts: '账户', own: '本人账户', login: '账号', name: '姓名', role: '角色', path: '组织范围' },
  en: { accounts: 'Accounts', own: 'Own account', login: 'Account', name: 'Name', role: 'Role', path: 'Part of the organisation' },
}
