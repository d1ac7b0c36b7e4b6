import type { SosClass } from '../acts'
import type { App } from '../app'
import { button, el, icon, redraw, type Child } from '../dom'
import { holdButton } from '../hold_button'
import { t } from '../language'
import type { Order } from '../orders'
import { classWords } from './order_card'
import { problemCard } from './results'
import { wordsFor } from '../problems'

const CLASSES: readonly SosClass[] = ['serious-violence', 'rescue', 'accident', 'public-order']

/** Calling for help, and then what comes of it. */
export function sosScreen(app: App): { node: HTMLElement; draw: () => void } {
  const came = el('div', {})
  const where = el('p', { class: 'quiet' })
  const choice = el('div', { class: 'card' })
  const tel = el('a', { class: 'button plain wide', href: 'tel:110' }, icon('call'), el('span', {}, t('sos.call')))
  const node = el('section', { class: 'sos' }, came, choice, tel)
  let has_no_place = false
  let is_calling = false
  const call = async () => {
    is_calling = true
    draw()
    has_no_place = !(await app.sos.call())
    is_calling = false
    draw()
  }
  const draw = () => {
    const waiting = app.sos.waiting()
    const answered = app.sos.answered()
    const { fix, connection } = app.phone
    const is_sending = is_calling || !!waiting
    redraw(came, [is_sending, answered?.id, app.sos.incident, connection, has_no_place], () => [
      is_sending
        ? sending(connection === 'on')
        : answered
          ? answered.ok ? received(app) : problemCard(wordsFor(answered.code, answered.title), '', [])
          : has_no_place && noPlace(),
    ])
    choice.hidden = is_sending || !!answered?.ok
    // Drawn once a call: what is being held must not be replaced under the thumb.
    redraw(choice, choice.hidden, () => [...choosing(app, () => void call()), where])
    where.textContent = fix ? t('sos.where', { m: Math.round(fix.accuracy_m) }) : t('sos.where.none')
  }
  app.sos.warmUp()
  return { node, draw }
}

function choosing(app: App, call: () => void): Child[] {
  const choices = CLASSES.map((each) =>
    el(
      'label',
      { class: 'choice' },
      el('input', { type: 'radio', name: 'class', value: each, checked: app.sos.chosen === each, onchange: () => {
        app.sos.chosen = each
      } }),
      el('span', {}, classWords(each)),
    ),
  )
  return [
    el('fieldset', {}, el('legend', {}, t('sos.what')), el('div', { class: 'choices' }, ...choices)),
    holdButton(call),
    el('p', {}, t('sos.hold.how')),
  ]
}

function noPlace(): HTMLElement {
  return problemCard({ ...wordsFor('location-unavailable'), advice: t('problem.no-station.do') }, '', [])
}

function sending(is_online: boolean): HTMLElement {
  return el('div', { class: 'card failed', role: 'status' }, el('h2', {}, t('sos.sending')), is_online ? null : el('p', {}, el('strong', {}, t('sos.sending.offline'))))
}

function received(app: App): HTMLElement {
  const result = app.sos.answered()!
  return el(
    'div',
    { class: 'card done', role: 'status' },
    el('h2', {}, `✓ ${t('sos.received')}`),
    ...helpComing(app),
    button('sos-done', t('action.close'), async () => {
      await app.phone.dismiss(result)
      app.go('home')
    }, { class: 'plain wide' }),
  )
}

/** Who was ordered, who comes, who is there. */
export function helpComing(app: App): Child[] {
  const { incident } = app.sos
  if (incident?.state === 'closed') return [el('p', {}, t('sos.closed'))]
  const orders = incident?.orders ?? []
  const count = (...states: Order['status'][]) => orders.filter(({ status }) => states.includes(status)).length
  const [ordered, coming, there] = [count('issued', 'acknowledged', 'arrived'), count('acknowledged'), count('arrived')]
  return [
    el('p', {}, incident?.state === 'handed-over' ? t('sos.handed-over') : t('sos.next')),
    el(
      'p',
      { class: 'counts' },
      ordered > 0 && el('span', {}, t('sos.ordered', { n: ordered })),
      coming > 0 && el('strong', {}, t('sos.coming', { n: coming })),
      there > 0 && el('strong', {}, t('sos.there', { n: there })),
    ),
  ]
}
