export default {
  'zh-CN': {
    panel: {
      label: '警情详情', reported: '{at} 报告', report: '报告', elapsed: '已 {age}', place: '位置', map: '在地图上查看',
      station: '管辖', source: '来源',
      playbook: '预案', level: '已通知', levels: { 0: '尚未逐级通知', 1: '派出所', 2: '分局', 3: '市局' }, description: '描述',
      noDescription: '没有描述', photo: '照片', photoOpen: '查看（新窗口）',
      photoUnsafe: '链接不是 https，不予打开', broadcast: '协查通报中', id: '编号', external: '外部编号',
      handedOver: '{at} 移交 {to}', closedAs: '{at} 结案：{outcome}', cancelledAs: '{at} 取消：{reason}', acts: '可执行的操作',
      foreign: '其他单位的警情：您的单元被调用，只能代本单位应答',
    },
    stages: {
      title: '1-3-5 时限', name: '{n} 分钟', due: '截止 {at}', took: '用时 {time}', over: '超时 {time}', left: '剩余 {time}',
      unit: '单元 ×{n}', police: '民警', acknowledged: '确认即达成', arrived: '到场即达成',
      spoken: '{n} 分钟阶段：{state} {time}',
    },
    orders: {
      title: '指令', acknowledged: '确认', arrived: '到场', none: '还没有发出指令',
      noneHint: '系统正在寻找可用单元；也可以直接加派单元。',
      way: '距离 / 预计', police: '辖区民警',
      answerIn: '{time} 内应答', answerLate: '超时未答 {time}', due: '约 {time} 后到', late: '应到未到 {time}',
      onBehalf: '{name}（代）',
      manual: '人工登记',
    },
    timeline: {
      title: '经过', clock: '系统计时', matcher: '自动调派', self: '{name}（本人）', account: '账号 {id}',
    },
    considered: {
      title: '调派依据', round: '第 {round} 轮 · {stage} 分钟阶段', missing: '缺 {n} 个单元', none: '附近没有可用单元',
      unit: '单元', chosen: '已选', people: '在岗', reasons: '理由',
      count: '{n} 个单元', and: '、',
    },
    reason: {
      nearest: '最近', claimed: '已被其他警情占用', resting: '休整中', 'position-stale': '位置过期',
      'too-few-members': '人数不足', 'equipment-missing': '缺少装备', 'capability-missing': '缺少能力',
      'threat-rule': '不满足危险警情条件', 'already-asked': '已调派过', 'not-needed': '人手已够', 'claim-lapsed': '占用已过期',
      named: '人工指定', 'below-quorum': '在岗不足', 'off-duty': '不在岗', suspended: '已停用',
    },
    sightings: { title: '目击线索' },
  },
  en: {
    panel: {
      label: 'The incident', reported: 'reported {at}', report: 'Reported', elapsed: '{age} ago', place: 'Place',
      map: 'Show on the map', station: 'Station', source: 'From',
      playbook: 'Playbook', level: 'Told', levels: { 0: 'nobody above yet', 1: 'station', 2: 'district', 3: 'city' },
      description: 'Description', noDescription: 'No description', photo: 'Photo', photoOpen: 'open (new window)',
      photoUnsafe: 'the link is not https: not opened', broadcast: 'Search broadcast', id: 'Id', external: 'Outside id',
      handedOver: 'handed over to {to}, {at}', closedAs: 'closed {at}: {outcome}', cancelledAs: 'cancelled {at}: {reason}',
      acts: 'What can be done',
      foreign: 'Another station’s incident: a unit of yours was sent, and you can answer for it only',
    },
    stages: {
      title: '1-3-5 clocks', name: '{n} min', due: 'due {at}', took: 'took {time}', over: '{time} over', left: '{time} left',
      unit: '{n} unit(s)', police: 'Police', acknowledged: 'attained by acknowledging', arrived: 'attained by arriving',
      spoken: 'Stage {n} min: {state} {time}',
    },
    orders: {
      title: 'Orders', acknowledged: 'Acknowledged', arrived: 'Arrived', none: 'No order is out yet',
      noneHint: 'Units are being looked for; you can order one yourself.',
      way: 'Distance / ETA', police: 'Station’s police',
      answerIn: 'answer within {time}', answerLate: 'silent, {time} over', due: 'there in {time}', late: 'due {time} ago',
      onBehalf: '{name} (for it)', manual: 'entered by hand',
    },
    timeline: {
      title: 'What happened', clock: 'clock', matcher: 'matcher', self: '{name} (you)', account: 'account {id}',
    },
    considered: {
      title: 'Who was considered, and why', round: 'Round {round} · stage {stage} min', missing: '{n} missing',
      none: 'Nobody to be sent was near', unit: 'Unit',
      chosen: 'Chosen', people: 'On duty', reasons: 'Reasons', count: '{n} units', and: ', ',
    },
    reason: {
      nearest: 'nearest', claimed: 'taken by another incident', resting: 'resting', 'position-stale': 'position too old',
      'too-few-members': 'too few people', 'equipment-missing': 'equipment missing', 'capability-missing': 'skill missing',
      'threat-rule': 'below what the threat asks for', 'already-asked': 'was asked before', 'not-needed': 'not needed',
      'claim-lapsed': 'claim lapsed', named: 'chosen by a person', 'below-quorum': 'below quorum', 'off-duty': 'off duty',
      suspended: 'suspended',
    },
    sightings: { title: 'Sightings' },
  },
}
