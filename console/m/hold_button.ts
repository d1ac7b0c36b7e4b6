import { el, icon } from './dom'
import { t } from './language'

const HOLD_MS = 1500
const APART_MS = 500 // a double tap of a nervous thumb is one tap
const WITHIN_MS = 8000

/** The SOS button: held for 1.5 s it acts; or at a second tap, for keyboards and screen readers. */
export function holdButton(act: () => void): HTMLButtonElement {
  const label = el('span', { class: 'hold-label' }, t('sos.hold'))
  const made = el('button', { type: 'button', key: 'hold', class: 'hold' }, icon('sos'), label)
  let holding: ReturnType<typeof setTimeout> | undefined
  let armed_at = 0
  let is_done = false

  const release = () => {
    clearTimeout(holding)
    made.classList.remove('holding')
  }
  const go = () => {
    release()
    if (is_done) return
    is_done = true
    navigator.vibrate?.(200)
    act()
  }
  made.addEventListener('pointerdown', (event) => {
    if (event.button !== 0) return
    made.setPointerCapture(event.pointerId)
    made.classList.add('holding')
    holding = setTimeout(go, HOLD_MS)
  })
  for (const end of ['pointerup', 'pointercancel', 'lostpointercapture']) made.addEventListener(end, release)
  made.addEventListener('contextmenu', (event) => event.preventDefault())
  made.addEventListener('click', () => {
    const since = Date.now() - armed_at
    if (armed_at > 0 && since > APART_MS && since < WITHIN_MS) {
      go()
      return
    }
    if (since <= APART_MS) return
    armed_at = Date.now()
    label.textContent = t('sos.again')
    setTimeout(() => {
      label.textContent = t('sos.hold')
    }, WITHIN_MS)
  })
  return made
}
