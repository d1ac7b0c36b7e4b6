export default {
  'zh-CN': {
    act: {
      order: '加派单元', escalate: '升级', sighting: '记录线索', 'hand-over': '移交现场', clear: '结案', cancel: '取消警情',
      acknowledge: '代确认', arrive: '代到场', decline: '代拒绝', withdraw: '撤回',
    },
    own: { acknowledge: '确认', arrive: '到场', decline: '拒绝' },
    ask: {
      escalate: '通知上一级，并立即启动后续阶段；若都已启动，则再找一个单元。',
      sighting: '写下看到的情况，会出现在经过中。',
      'hand-over': '单元的指令全部结束，现场由接收单位负责。',
      clear: '所有未结束的指令随之结束。结案后不能重新打开。',
      cancel: '所有未结束的指令随之撤回。取消后不能重新打开。',
      acknowledge: '{who} 通过对讲机确认前往。记录中会写明由您代为登记。',
      arrive: '{who} 通过对讲机报告已到现场。记录中会写明由您人工登记。',
      decline: '{who} 通过对讲机表示无法前往。系统会另找单元。',
      withdraw: '通知 {who} 停止前往。',
    },
    askOwn: { acknowledge: '{who} 确认前往。', arrive: '{who} 已到现场（人工登记）。', decline: '{who} 无法前往，将通知上一级。' },
    form: {
      reason: '原因', outcome: '结果', note: '备注', seen: '看到的情况', to: '移交给', send: '确定', cancel: '返回', sending: '正在发送…',
      again: '重试', required: '请选择', noteRequired: '请填写', replace: '另找一个单元顶替', unsure: '没有收到应答，可能已经执行。重试不会重复执行。',
      done: '已执行：{act}', notAllowed: '此警情现在不能执行“{act}”', noOrder: '没有等待确认的指令',
      pickUnit: '要加派的单元', pickHint: '输入名称或编号', near: '附近可用单元', orderIt: '加派', ordered: '已加派 {who}', looking: '正在查找附近单元…',
      noneNear: '附近没有可用单元，请按名称查找', already: '已在执行此警情',
    },
    code: {
      decline: {
        unavailable: '无法抽身', 'too-few-people': '人手不足', 'no-equipment': '缺少装备', 'too-far': '距离太远', 'not-reachable': '无法到达现场',
      },
      withdraw: { 'not-needed': '已不需要', 'needed-elsewhere': '另有任务', 'wrong-unit': '派错单元', unsafe: '对该单元不安全' },
      escalate: {
        'more-people-needed': '人手不够', 'weapon-seen': '发现凶器', 'people-injured': '有人受伤', 'crowd-growing': '人群聚集', spreading: '险情扩大', 'asked-from-scene': '现场请求增援',
      },
      clear: {
        resolved: '已处置完毕', mediated: '调解成功', 'suspect-detained': '嫌疑人已控制', 'person-found': '人员已找到', 'taken-to-hospital': '已送医', 'taken-over-by-police': '民警接手', 'nothing-found': '未发现情况',
      },
      cancel: { 'false-alarm': '误报', duplicate: '重复报警', 'withdrawn-by-caller': '报警人撤回', 'wrong-place': '地点有误', test: '测试' },
      system: {
        'stage-started': '阶段启动', declined: '有人拒绝', unanswered: '无人应答', short: '人手不足', escalated: '升级', 'assigned-elsewhere': '另有任务', 'police-unanswered': '民警未应答', 'stage-missed': '阶段超时', 'stage-attained': '阶段已达成', 'handed-over': '现场已移交', cleared: '警情已结案', cancelled: '警情已取消', 'claim-lapsed': '占用已过期',
        picked: '报告时指定', 'by-name': '人工加派',
      },
    },
    refused: {
      'incident-unknown': '没有这起警情，或您无权查看。', 'incident-closed': '警情已结束，不能再操作。', 'incident-handed-over': '现场已移交，不能再加派或升级。',
      'order-unknown': '这起警情没有这条指令。', 'order-not-open': '这条指令已经结束，可能刚被撤回或完成。', 'not-your-order': '这条指令不是发给您的。',
      'already-arrived': '对方已到现场，只能移交或撤回。', 'no-station': '这个位置找不到管辖派出所，请检查坐标。', 'unit-busy': '该单元另有任务或在休整，请另选单元。',
      'unit-unknown': '没有这个单元，或您无权调派。', 'unit-unavailable': '该单元现在不能调派。', 'no-unit-stage': '此类警情的预案不派单元。', 'not-a-units-order': '只能撤回单元的指令；民警随警情移交或结案。', 'already-ordered': '该单元已在执行这起警情。',
      forbidden: '您无权执行此操作：只能处置本辖区的警情，或代本单位的单元应答。', unavailable: '服务正在恢复数据，请几秒后重试。',
    },
  },
  en: {
    act: {
      order: 'Order a unit', escalate: 'Escalate', sighting: 'Note a sighting', 'hand-over': 'Hand over', clear: 'Close', cancel: 'Cancel the incident',
      acknowledge: 'Acknowledge', arrive: 'Arrived', decline: 'Decline', withdraw: 'Stand down',
    },
    own: { acknowledge: 'Acknowledge', arrive: 'Arrived', decline: 'Decline' },
    ask: {
      escalate: 'The next level is told and later stages start now; if all have started, one unit more is looked for.',
      sighting: 'Write down what was seen; it stands in what happened.',
      'hand-over': 'The units’ orders end; whoever takes over has the scene.',
      clear: 'Every order that is under way ends. A closed incident stays closed.',
      cancel: 'Every order that is under way is withdrawn. A cancelled incident stays cancelled.',
      acknowledge: '{who} says by radio that it is coming. The record says that you entered it.',
      arrive: '{who} says by radio that it is at the scene. The record says that you entered it by hand.',
      decline: '{who} says by radio that it cannot come. Another unit is looked for.',
      withdraw: '{who} is told to stand down.',
    },
    askOwn: {
      acknowledge: '{who} is coming.', arrive: '{who} is at the scene (entered by hand).', decline: '{who} cannot come; the next level is told.',
    },
    form: {
      reason: 'Reason', outcome: 'Outcome', note: 'Note', seen: 'What was seen', to: 'To', send: 'Confirm', cancel: 'Back', sending: 'Sending…',
      again: 'Try again', required: 'Choose one', noteRequired: 'Write something', replace: 'Look for another unit in its place', unsure: 'No answer came; it may have been done. Trying again does nothing twice.',
      done: 'Done: {act}', notAllowed: '“{act}” is not possible for this incident now', noOrder: 'No order waits for an answer',
      pickUnit: 'Unit to order', pickHint: 'Name or id', near: 'Units near by', orderIt: 'Order', ordered: '{who} was ordered', looking: 'Looking for units near by…',
      noneNear: 'No unit near by can be sent: look for one by name', already: 'is at this incident already',
    },
    code: {
      decline: {
        unavailable: 'cannot leave', 'too-few-people': 'too few people', 'no-equipment': 'no equipment', 'too-far': 'too far', 'not-reachable': 'cannot get there',
      },
      withdraw: { 'not-needed': 'no longer needed', 'needed-elsewhere': 'needed elsewhere', 'wrong-unit': 'wrong unit', unsafe: 'not safe for this unit' },
      escalate: {
        'more-people-needed': 'more people needed', 'weapon-seen': 'weapon seen', 'people-injured': 'people injured', 'crowd-growing': 'crowd growing', spreading: 'spreading', 'asked-from-scene': 'asked for from the scene',
      },
      clear: {
        resolved: 'dealt with', mediated: 'mediated', 'suspect-detained': 'suspect detained', 'person-found': 'person found', 'taken-to-hospital': 'taken to hospital', 'taken-over-by-police': 'taken over by the police', 'nothing-found': 'nothing found',
      },
      cancel: { 'false-alarm': 'false alarm', duplicate: 'known already', 'withdrawn-by-caller': 'caller took it back', 'wrong-place': 'wrong place', test: 'test' },
      system: {
        'stage-started': 'stage begins', declined: 'somebody declined', unanswered: 'no answer', short: 'too few', escalated: 'escalated', 'assigned-elsewhere': 'needed elsewhere', 'police-unanswered': 'police did not answer', 'stage-missed': 'stage missed', 'stage-attained': 'stage attained', 'handed-over': 'scene handed over', cleared: 'incident closed', cancelled: 'incident cancelled', 'claim-lapsed': 'claim lapsed',
        picked: 'chosen with the report', 'by-name': 'asked for by name',
      },
    },
    refused: {
      'incident-unknown': 'There is no such incident, or you may not see it.', 'incident-closed': 'The incident is over; nothing can be done about it any more.', 'incident-handed-over': 'The scene was handed over: nobody more can be sent.',
      'order-unknown': 'This incident has no such order.', 'order-not-open': 'The order has ended; it may just have been withdrawn or completed.', 'not-your-order': 'The order is not yours.',
      'already-arrived': 'They are at the scene: they can only hand over or be stood down.', 'no-station': 'No station is known for this place: check the coordinates.', 'unit-busy': 'The unit is needed elsewhere or resting: choose another one.',
      'unit-unknown': 'There is no such unit, or you may not send it.', 'unit-unavailable': 'The unit cannot be sent now.', 'no-unit-stage': 'The playbook of this class sends no units.', 'not-a-units-order': 'Only units are stood down; the police leave with the incident.', 'already-ordered': 'The unit is at this incident already.',
      forbidden: 'You may not do this: only incidents of your own area, or answers for your own units.', unavailable: 'The service is restoring its data: try again in some seconds.',
    },
  },
}
