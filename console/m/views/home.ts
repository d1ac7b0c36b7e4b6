import type { App } from '../app'
import { button, el, redraw } from '../dom'
import { language, t } from '../language'
import { dutyCard } from './duty_card'
import { messageList } from './messages'
import { orderCards } from './order_card'
import { queueStrip } from './queue_strip'
import { resultCards } from './results'
import { helpComing } from './sos_screen'

const ON_PHONES = ['member', 'leader']

/** What a member sees first: orders, what waits or failed, the own duty, messages. */
export function homeScreen(app: App): { node: HTMLElement; draw: () => void } {
  const parts = [orderCards(app), sosStrip(app), queueStrip(app), resultCards(app), dutyCard(app), messageList(app)]
  const stranger = el('div', {})
  const node = el('div', { class: 'home' }, stranger, ...parts.map((part) => part.node))
  const draw = () => {
    const is_stranger = !ON_PHONES.includes(app.phone.account?.role ?? '')
    redraw(stranger, [language(), is_stranger], () => [
      is_stranger && el('p', { class: 'card failed' }, t('login.not-for-you'), ' ', el('a', { href: '/console/' }, '/console/')),
    ])
    for (const part of parts) part.draw()
  }
  return { node, draw }
}

/** An SOS that is under way stays in sight. */
function sosStrip(app: App): { node: HTMLElement; draw: () => void } {
  const node = el('section', { 'aria-live': 'polite' })
  const draw = () => {
    const waiting = app.sos.waiting()
    const answered = app.sos.answered()
    const { incident } = app.sos
    redraw(node, [language(), waiting?.id, answered?.id, incident, app.phone.connection], () => [
      waiting && el(
        'div',
        { class: 'card failed', role: 'alert' },
        el('p', {}, el('strong', {}, t(app.phone.connection === 'on' ? 'sos.sending' : 'sos.sending.offline'))),
        el('a', { class: 'button danger wide', href: 'tel:110' }, t('sos.call')),
      ),
      !waiting && answered?.ok && el(
        'div',
        { class: 'card done' },
        el('p', {}, el('strong', {}, `✓ ${t('sos.received')}`)),
        ...helpComing(app),
        button('sos-close', t('action.close'), () => app.phone.dismiss(answered), { class: 'text' }),
      ),
    ])
  }
  return { node, draw }
}
