import { App, type Screen } from './app'
import { button, el, redraw, watchThumb } from './dom'
import { IndexedStore } from './indexed_store'
import { language, startLanguage, t } from './language'
import { wordsFor } from './problems'
import type { Store } from './store'
import { cameraScreen, codeScreen } from './views/code_screens'
import { hazardScreen } from './views/hazard_screen'
import { homeScreen } from './views/home'
import { loginForm } from './views/login'
import { problemCard } from './views/results'
import { sosScreen } from './views/sos_screen'
import { topBar } from './views/top'

const top = document.getElementById('top')!
const main = document.getElementById('screen')!
const bar = document.getElementById('bar')!

interface View {
  node: HTMLElement
  draw?: () => void
}

function viewOf(app: App, screen: Screen | 'login', leave: AbortSignal): View {
  switch (screen) {
    case 'login':
      return { node: loginForm(app) }
    case 'home':
      return homeScreen(app)
    case 'code':
      return { node: codeScreen(app) }
    case 'camera':
      return { node: cameraScreen(app, leave) }
    case 'sos':
      return sosScreen(app)
    case 'hazard':
      return { node: hazardScreen(app) }
  }
}

/** Shows the app, and again whenever something of it changes. */
function show(app: App): void {
  let shown = ''
  let view: View | null = null
  let leave = new AbortController()
  let is_asked = false
  const drawTop = topBar(app, top, () => app.phone.changed())

  const draw = () => {
    is_asked = false
    const screen = app.phone.account ? app.screen : 'login'
    const name = `${screen} ${language()}`
    if (name !== shown) {
      shown = name
      leave.abort()
      leave = new AbortController()
      view = viewOf(app, screen, leave.signal)
      main.replaceChildren(view.node)
    }
    drawTop()
    view?.draw?.()
    bar.hidden = screen !== 'home'
    redraw(bar, [language()], () => [
      button('hazard', t('hazard.go'), () => app.go('hazard'), { class: 'plain', icon: 'camera' }),
      button('sos', t('sos.go'), () => app.go('sos'), { class: 'danger', icon: 'sos' }),
    ])
  }
  app.phone.watchers.add(() => {
    if (is_asked) return
    is_asked = true
    setTimeout(draw)
  })
  watchThumb(() => app.phone.changed())
  draw()
}

async function start(): Promise<void> {
  startLanguage()
  if (navigator.serviceWorker) void navigator.serviceWorker.register('/m/sw.js', { scope: '/m/' }).catch(() => undefined)
  let store: Store
  try {
    store = await IndexedStore.open()
  } catch {
    main.replaceChildren(problemCard(wordsFor('no-storage'), '', [el('a', { class: 'button danger', href: 'tel:110' }, t('sos.call'))]))
    return
  }
  void navigator.storage?.persist?.()
  const app = await App.open(store)
  show(app)
  app.start()
}

void start()
