import './older-browsers'

import './styles/themes.css'
import './styles/base.css'
import './styles/controls.css'

import { createPinia } from 'pinia'
import { createApp } from 'vue'

import App from './App.vue'
import { startNow } from './formats/now'
import { router } from './router'
import { startTheme } from './shell/theme'
import { useDeployment } from './stores/deployment'
import { useSession } from './stores/session'
import { currentLocale, i18n, setLocale } from './text'

startTheme()
startNow()
setLocale(currentLocale())

const app = createApp(App).use(createPinia()).use(i18n)
void useDeployment().load()
void begin()

/** Whoever loads the page again goes on with the session; without an answer, the log-in page says why. */
async function begin(): Promise<void> {
  const session = useSession()
  try {
    await session.resume()
  } catch {
    session.resumeFailed = true
  }
  app.use(router).mount('#app')
}
