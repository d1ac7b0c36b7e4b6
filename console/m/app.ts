import { Alarm } from './alarm'
import { readLink } from './code'
import { DutyDesk } from './duty_desk'
import { ask } from './http'
import { OrderDesk } from './order_desk'
import { Phone } from './phone'
import { SosDesk } from './sos_desk'
import type { Store } from './store'

const TICK_MS = 5000
const SCREENS = ['home', 'code', 'camera', 'sos', 'hazard'] as const

export type Screen = (typeof SCREENS)[number]

/** The page's parts together, and what makes them go: the network, the clock, being looked at. */
export class App {
  screen: Screen = 'home'
  /** Everything that is shown is made up. */
  is_demo = false

  private constructor(
    readonly phone: Phone,
    readonly alarm: Alarm,
    readonly duty: DutyDesk,
    readonly orders: OrderDesk,
    readonly sos: SosDesk,
  ) {}

  static async open(store: Store): Promise<App> {
    const phone = await Phone.open(store)
    const alarm = new Alarm()
    const duty = new DutyDesk(phone)
    const orders = new OrderDesk(phone, alarm)
    const sos = new SosDesk(phone, () => duty.unit?.location ?? null)
    const app = new App(phone, alarm, duty, orders, sos)
    app.screen = screenOf(history.state)
    await Promise.all([duty.start(), orders.start()])
    await app.readAddress()
    return app
  }

  /** From here on the page lives. */
  start(): void {
    this.alarm.listenForTouch()
    addEventListener('popstate', (event) => this.show(screenOf(event.state)))
    addEventListener('hashchange', () => void this.readAddress())
    addEventListener('online', () => this.resume())
    addEventListener('offline', () => this.phone.setConnection('off'))
    document.addEventListener('visibilitychange', () => this.resume())
    setInterval(() => void this.tick(), TICK_MS)
    this.resume()
    void this.readConfig()
  }

  private async readConfig(): Promise<void> {
    const { status, body } = await ask('/console/config.json')
    if (status === 200) await this.phone.store.put('demo', body['demo'] === true)
    this.is_demo = (await this.phone.store.get<boolean>('demo')) ?? false
    this.phone.changed()
  }

  /** The phone's own back button leads home again. */
  go(screen: Screen): void {
    if (screen === this.screen) return
    if (screen === 'home') {
      history.back()
      return
    }
    history.pushState({ screen }, '')
    this.show(screen)
  }

  private show(screen: Screen): void {
    this.screen = screen
    this.phone.changed()
    scrollTo(0, 0)
  }

  /** A scanned code leaves the address at once: opened again from history, it would be an old one. */
  private async readAddress(): Promise<void> {
    const link = readLink(location.search, location.hash)
    if (!link) return
    await this.duty.take(link)
    history.replaceState(null, '', location.pathname)
    this.show('home')
  }

  /** Looked at again, or online again: everything is tried at once. Unseen and off duty, the page rests. */
  private resume(): void {
    const is_needed = !document.hidden || !!this.duty.standing()?.mine_until
    if (!is_needed) {
      this.orders.leave()
      return
    }
    if (!this.phone.session.isOver()) void this.orders.listen()
    if (document.hidden) return
    this.phone.queue.wake()
    void this.phone.reload()
    if (!this.phone.session.isOver()) void this.duty.readUnit()
    void this.sos.follow()
  }

  private async tick(): Promise<void> {
    this.phone.changed() // times on the screen go on
    if (!this.phone.account) return
    await this.orders.tick()
    if (document.hidden) return
    await this.sos.follow()
    await this.duty.tick(this.orders.open().some(({ stage }) => stage === 'coming'))
  }
}

function screenOf(state: unknown): Screen {
  const screen = (state as { screen?: Screen } | null)?.screen
  return screen && SCREENS.includes(screen) ? screen : 'home'
}
