import type { App } from '../app'
import { codeKind, grouped } from '../code'
import { button, el, icon, redraw, sureButton, type Child } from '../dom'
import { SCAN_GOOD_FOR_MS } from '../duty_desk'
import type { Standing } from '../duty'
import { language, t } from '../language'
import { canScan } from '../scanner'
import { clockTime, span } from '../times'

const STALE_MS = 3 * 60_000

/** The person's duty: how it stands, and going on or off. The code that was scanned comes first: it will not wait. */
export function dutyCard(app: App): { node: HTMLElement; draw: () => void } {
  const node = el('section', { class: 'duty' })
  const pin = el('input', {
    id: 'pin', type: 'text', inputmode: 'numeric', autocomplete: 'one-time-code', maxlength: 20, 'data-key': 'pin',
  })
  const draw = () => {
    const now = app.phone.now()
    const { scan, unit, told_at, is_locating, position_at } = app.duty
    const standing = app.duty.standing()
    const waiting = app.duty.waiting()
    const times = [standing?.mine_until && span(standing.mine_until - now), position_at && span(now - position_at)]
    const ages = [scan && span(now - scan.scanned_at), waiting && span(now - waiting.made_at), now - told_at > STALE_MS]
    const online = app.phone.connection
    redraw(node, [language(), scan, standing, waiting?.id, unit?.suspended, is_locating, times, ages, online], () => [
      waiting ? waitingPart(app, now) : scan ? scanPart(app, now, pin) : null,
      standing ? standingPart(app, standing, now) : el('p', { class: 'card quiet' }, t(app.phone.account?.unit_id ? 'duty.unknown' : 'duty.no-unit')),
      !scan && !waiting && standing ? scanHow(app, standing) : null,
      standing && standing.mine_until && !waiting
        ? sureButton('check-out', t('check-out.go'), t('check-out.sure'), () => app.duty.checkOut(), 'plain wide apart')
        : null,
    ])
  }
  return { node, draw }
}

function waitingPart(app: App, now: number): HTMLElement {
  const item = app.duty.waiting()!
  const is_in = item.act.kind === 'check-in'
  const left_ms = (app.duty.scan?.scanned_at ?? item.made_at) + SCAN_GOOD_FOR_MS - now
  const is_stuck = app.phone.connection !== 'on'
  const words = !is_stuck || !is_in
    ? t(is_in ? 'check-in.sending' : 'check-out.sending')
    : left_ms > 0 ? t('check-in.waiting', { left: span(left_ms) }) : t('check-in.waiting.late')
  return el('div', { class: 'card scan', role: 'status' }, el('p', { class: 'line' }, icon('clock'), el('strong', {}, words)))
}

function scanPart(app: App, now: number, pin: HTMLInputElement): HTMLElement {
  const scan = app.duty.scan!
  const age_ms = now - scan.scanned_at
  const discard = button('discard', t('scan.discard'), () => app.duty.discard(), { class: 'text' })
  const kind = codeKind(scan.code)
  if (age_ms > SCAN_GOOD_FOR_MS || kind === null) {
    const words = kind === null ? t('scan.bad') : t('scan.old', { time: span(age_ms) })
    return el('div', { class: 'card failed', role: 'alert' }, el('p', {}, el('strong', {}, words)), discard)
  }
  const is_renewal = !!app.duty.standing()?.mine_until
  const { is_locating } = app.duty
  const label = is_locating ? t('locating') : t(is_renewal ? 'check-in.renew' : 'check-in.go')
  const go = () => app.duty.checkIn(kind === 'printed' ? pin.value.trim() : null)
  return el(
    'form',
    { class: 'card scan', onsubmit: (event: Event) => (event.preventDefault(), go()) },
    el('p', {}, t('scan.read', { time: clockTime(scan.scanned_at) }), ' ', el('code', {}, grouped(scan.code))),
    kind === 'printed' && el('label', { for: 'pin' }, t('scan.pin.why'), el('br'), t('scan.pin')),
    kind === 'printed' && pin,
    el('button', { type: 'submit', key: 'check-in', class: 'button go wide', disabled: is_locating }, icon('shield'), el('span', {}, label)),
    discard,
  )
}

function standingPart(app: App, standing: Standing, now: number): HTMLElement {
  const { state, mine_until, post, others, missing, ends_soon } = standing
  const is_stale = now - app.duty.told_at > STALE_MS
  const mine = mine_until === null ? t('duty.mine.off') : t('duty.mine', { time: clockTime(mine_until) })
  return el(
    'div',
    { class: `card standing ${mine_until === null ? 'off' : 'on'}` },
    el('p', { class: 'line' }, el('span', { class: 'lamp' }), el('strong', {}, mine)),
    mine_until === null ? null : el('p', { class: ends_soon ? 'bad' : '' }, t('duty.mine.left', { left: span(mine_until - now) })),
    ends_soon && el('p', { class: 'bad' }, t('duty.ends-soon')),
    post ? el('p', {}, t('duty.mine.post', { post })) : null,
    mine_until === null ? null : positionLine(app, now),
    el(
      'div',
      { class: `unit ${state}` },
      el('p', { class: 'line' }, el('span', { class: 'lamp' }), el('strong', {}, t(`duty.${state}`))),
      app.duty.unit?.suspended ? el('p', { class: 'bad' }, t('duty.suspended')) : null,
      el('p', { class: 'line' }, icon('people'), el('span', {}, others === 0 ? t('duty.others.none') : t('duty.others', { n: others }))),
      missing > 0 && el('p', {}, t('duty.missing', { n: missing })),
      is_stale && el('p', { class: 'quiet' }, t('connection.stale', { time: clockTime(app.duty.told_at) })),
    ),
  )
}

function positionLine(app: App, now: number): HTMLElement {
  const at = app.duty.position_at
  if (at !== null) return el('p', { class: 'quiet' }, t('duty.position', { time: span(now - at) }))
  const report = button('position', t('duty.position.report'), () => app.duty.reportPosition(), { class: 'text' })
  return el('div', {}, el('p', { class: 'quiet' }, t('duty.position.none')), report)
}

function scanHow(app: App, standing: Standing): HTMLElement {
  const camera: Child = canScan() && button('camera', t('scan.camera'), () => app.go('camera'), { class: 'go', icon: 'scan' })
  return el(
    'div',
    { class: 'card how' },
    el('p', { class: 'line' }, icon('scan'), el('strong', {}, t(standing.mine_until === null ? 'scan.how' : 'scan.renew'))),
    el('div', { class: 'row' }, camera, button('type', t('scan.type'), () => app.go('code'), { class: 'plain', icon: 'keyboard' })),
  )
}
