import type { App } from '../app'
import { button, el, redraw, sureButton } from '../dom'
import { language, t } from '../language'
import { isRead, type Message } from '../orders'
import { clockTime } from '../times'

const SHOWN = 10

/** All messages, folded; and what belongs to the account. */
export function messageList(app: App): { node: HTMLElement; draw: () => void } {
  const node = el('section', { class: 'messages' })
  let is_open = false
  const draw = () => {
    const messages = app.orders.messages.slice(0, SHOWN)
    const unread = messages.filter((message) => !isRead(message, app.phone.waiting()) && message.withdrawn === null)
    const shows = [language(), messages, unread.map(({ id }) => id), is_open, app.alarm.mayAsk()]
    redraw(node, shows, () => [
      app.alarm.mayAsk() && el(
        'div',
        { class: 'card' },
        el('p', {}, t('alerts.why')),
        button('alerts', t('alerts.ask'), async () => (await app.alarm.allow(), draw()), { class: 'plain wide', icon: 'bell' }),
      ),
      el(
        'div',
        { class: 'card' },
        el('button', { type: 'button', key: 'messages', class: 'button text fold', 'aria-expanded': String(is_open), onclick: () => {
          is_open = !is_open
          draw()
        } }, el('span', {}, t('message.title')), unread.length > 0 ? el('span', { class: 'count' }, String(unread.length)) : null),
        is_open && messages.length === 0 ? el('p', { class: 'quiet' }, t('message.none')) : null,
        is_open && el('ul', {}, ...messages.map((message) => row(app, message, unread.includes(message)))),
      ),
      sureButton('logout', t('logout.go'), t('logout.sure'), () => app.phone.session.logout(), 'text'),
    ])
  }
  return { node, draw }
}

function row(app: App, message: Message, is_unread: boolean): HTMLElement {
  return el(
    'li',
    { class: is_unread ? 'unread' : '' },
    el('p', {}, el('span', { class: 'quiet' }, `${clockTime(Date.parse(message.at))} `), el('bdi', {}, message.text)),
    is_unread && message.purpose !== 'order'
      ? button(`read-${message.id}`, t('message.read'), () => app.orders.read(message), { class: 'text' })
      : null,
  )
}
