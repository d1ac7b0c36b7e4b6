export default {
  'zh-CN': {
    report: {
      title: '报告警情', titleDrill: '报告演练警情', class: '类别', severity: '等级', place: '位置', pickOnMap: '小地图：点击选定位置；方向键移动，Enter 选定中心', placeHint: '单元、单位名称，或“经度, 纬度”',
      point: '坐标点', change: '更换', address: '地址', addressHint: '路名、门牌、楼层', description: '描述', descriptionHint: '发生了什么、多少人、有无凶器或伤者',
      photo: '照片链接（选填，仅 https）', drill: '这是演练', drillHint: '演练警情单独统计，所有通知都带“演练”字样', byUnit: '由该单元通过对讲机报告',
      send: '报告并调派', sendDrill: '开始演练', sending: '正在发送…', leave: '返回', clear: '清空', kept: '草稿已保留，按 {key} 继续填写', sent: '警情已报告',
    },
    fault: { class: '请选择类别', severity: '请选择等级', place: '请确定位置', description: '描述不能超过 4000 字', photo_url: '链接须以 https:// 开头' },
    proposal: {
      title: '系统拟调派', wait: '选定类别、等级和位置后，这里显示系统将调派哪些单元及理由。', looking: '正在比较附近单元…', none: '附近没有可用单元。仍可报告：系统会扩大范围并通知民警。',
      failed: '暂时无法比较：{why}。仍可报告，系统会自动调派。', chosen: '拟派', added: '加派', taken: '不派', people: '{n} 人在岗', more: '加派其他单元',
      send: '派 {unit}', changes: '按您的选择调派：加派 {add} 个，不派 {take} 个（阶段所需人手由系统另找）', police: '辖区民警按预案同时通知',
    },
    adjust: { failed: '{who}：{why}', dismiss: '知道了' },
  },
  en: {
    report: {
      title: 'Report an incident', titleDrill: 'Report a drill', class: 'Class', severity: 'Severity', place: 'Place', pickOnMap: 'Small map: a click says where it is; arrows move, Enter takes the middle', placeHint: 'Unit, station, or “lon, lat”',
      point: 'Point', change: 'Change', address: 'Address', addressHint: 'Street, number, floor', description: 'Description', descriptionHint: 'What happened, how many, weapons, injured',
      photo: 'Link to a photo (optional, https only)', drill: 'This is a drill', drillHint: 'Drills are counted apart, and every notice says that it is one', byUnit: 'The unit there reports it by radio',
      send: 'Report and send', sendDrill: 'Start the drill', sending: 'Sending…', leave: 'Back', clear: 'Clear', kept: 'The draft is kept: {key} goes on with it', sent: 'The incident was reported',
    },
    fault: { class: 'Choose a class', severity: 'Choose a severity', place: 'Say where it is', description: 'No more than 4000 characters', photo_url: 'The link must begin with https://' },
    proposal: {
      title: 'Whom the system would send', wait: 'Once class, severity and place are known, you see here who would be sent, and why.', looking: 'Comparing the units near by…', none: 'No unit near by can be sent. Report it all the same: the circle widens, and the police are told.',
      failed: 'They cannot be compared now: {why}. Report it all the same; units are sent by themselves.', chosen: 'To be sent', added: 'Added', taken: 'Not sent', people: '{n} on duty', more: 'Add another unit',
      send: 'Send {unit}', changes: 'As you chose: {add} added, {take} not sent (what a stage still needs is looked for elsewhere)', police: 'The station’s police are told by the playbook',
    },
    adjust: { failed: '{who}: {why}', dismiss: 'Understood' },
  },
}
