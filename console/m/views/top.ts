import type { App } from '../app'
import { button, el, icon, redraw } from '../dom'
import { language, setLanguage, t } from '../language'

/** The head of the page: whose it is, whether it is connected, the language. */
export function topBar(app: App, host: HTMLElement, redrawAll: () => void): () => void {
  return () => {
    const { account, connection } = app.phone
    const name = app.duty.unit?.name ?? t('app')
    const screen = account ? app.screen : 'home'
    redraw(host, [language(), name, account?.name, connection, screen, app.is_demo], () => [
      screen === 'home' ? icon('shield') : button('back', t('action.back'), () => app.go('home'), { class: 'back', icon: 'back' }),
      el(
        'div',
        { class: 'whose' },
        el('h1', { dir: 'auto' }, name),
        el(
          'p',
          {},
          account ? el('bdi', {}, account.name) : null,
          el('span', { class: `connection ${connection}`, role: 'status' }, t(`connection.${connection}`)),
        ),
      ),
      button('language', t('language.other'), () => {
        setLanguage(language() === 'en' ? 'zh-CN' : 'en')
        redrawAll()
      }, { class: 'language' }),
      app.is_demo && el('p', { class: 'demo' }, t('demo')),
    ])
  }
}
