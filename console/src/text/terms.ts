/** The field's words, for all screens. */
export default {
  'zh-CN': {
    duty: { on: '在岗', short: '在岗不足', off: '离岗' },
    class: { A: '甲类 治安保卫重点单位', B: '乙类 人流密集场所', C: '丙类 企业事业单位', D: '丁类 村居社区' },
    classShort: { A: '重点', B: '密集', C: '企事业', D: '村居' },
    busy: { ordered: '执行指令中', resting: '休整中', suspended: '已停用' },
    incident: {
      'serious-violence': '严重暴力', 'public-order': '治安案件', accident: '事故灾害', rescue: '求助服务',
      'missing-person': '寻人', 'self-harm': '自伤风险',
    },
    incidentSign: {
      'serious-violence': '暴', 'public-order': '治', accident: '事', rescue: '助', 'missing-person': '寻', 'self-harm': '伤',
    },
    severity: { minor: '一般', serious: '较重', critical: '危急' },
    incidentState: { open: '处置中', 'handed-over': '已移交', closed: '已结束' },
    order: {
      issued: '待确认', acknowledged: '前往中', arrived: '已到场', declined: '已拒绝', unanswered: '未应答',
      withdrawn: '已撤回', completed: '已完成',
    },
    orderRole: { respond: '处置', observe: '观察' },
    assignee: { unit: '单元', police: '民警' },
    stageClock: {
      waiting: '未开始', running: '计时中', overdue: '超时', attained: '按时完成', 'attained-late': '超时完成', 'given-up': '未完成',
    },
    source: { station: '派出所', unit: '单元', external: '外部系统' },
    role: {
      operator: '市级指挥员', officer: '分局/派出所民警', leader: '单元负责人', member: '单元成员', display: '岗位显示屏',
      partner: '外部系统', auditor: '审计员', 'system-administrator': '系统管理员', 'security-administrator': '安全管理员',
    },
    equipment: {
      whistle: '哨子', 'long-stick': '长棍', shield: '盾牌', fork: '钢叉', radio: '对讲机', hat: '帽子', vest: '反光背心',
      armband: '袖标', stretcher: '担架', extinguisher: '灭火器', 'shoulder-lamp': '肩灯', 'first-aid': '急救包',
    },
    capability: { 'first-aid': '急救', stretcher: '担架搬运', 'crisis-support': '危机劝导' },
    drill: '演练',
  },
  en: {
    duty: { on: 'On duty', short: 'Below quorum', off: 'Off duty' },
    class: {
      A: 'A · key protected place', B: 'B · crowded place', C: 'C · enterprise or institution',
      D: 'D · village or community',
    },
    classShort: { A: 'Key', B: 'Crowded', C: 'Enterprise', D: 'Community' },
    busy: { ordered: 'Under orders', resting: 'Resting', suspended: 'Suspended' },
    incident: {
      'serious-violence': 'Serious violence', 'public-order': 'Public order', accident: 'Accident or disaster',
      rescue: 'Rescue or service', 'missing-person': 'Missing person', 'self-harm': 'Self-harm risk',
    },
    incidentSign: {
      'serious-violence': 'V', 'public-order': 'P', accident: 'A', rescue: 'R', 'missing-person': 'M', 'self-harm': 'S',
    },
    severity: { minor: 'Minor', serious: 'Serious', critical: 'Critical' },
    incidentState: { open: 'Open', 'handed-over': 'Handed over', closed: 'Closed' },
    order: {
      issued: 'Not answered yet', acknowledged: 'On the way', arrived: 'At the scene', declined: 'Declined',
      unanswered: 'No answer', withdrawn: 'Withdrawn', completed: 'Completed',
    },
    orderRole: { respond: 'Respond', observe: 'Observe' },
    assignee: { unit: 'Unit', police: 'Police' },
    stageClock: {
      waiting: 'Not begun', running: 'Running', overdue: 'Overdue', attained: 'In time', 'attained-late': 'Late',
      'given-up': 'Not attained',
    },
    source: { station: 'Station', unit: 'Unit', external: 'Other system' },
    role: {
      operator: 'City operator', officer: 'District or station officer', leader: 'Unit leader', member: 'Unit member',
      display: 'Post display', partner: 'Partner system', auditor: 'Auditor',
      'system-administrator': 'System administrator', 'security-administrator': 'Security administrator',
    },
    equipment: {
      whistle: 'Whistle', 'long-stick': 'Long stick', shield: 'Shield', fork: 'Fork', radio: 'Radio', hat: 'Hat',
      vest: 'Vest', armband: 'Armband', stretcher: 'Stretcher', extinguisher: 'Extinguisher',
      'shoulder-lamp': 'Shoulder lamp', 'first-aid': 'First-aid kit',
    },
    capability: { 'first-aid': 'First aid', stretcher: 'Stretcher', 'crisis-support': 'Crisis support' },
    drill: 'Drill',
  },
}
