/** Sound, vibration and the system's notices for an order that nobody has answered yet. */

const BEEPS: readonly [start_s: number, hertz: number][] = [
  [0, 880],
  [0.25, 660],
  [0.5, 880],
  [0.75, 660],
]
const BEEP_S = 0.2

export class Alarm {
  private sound: AudioContext | null = null

  /** Browsers let a page sound only after it was touched. */
  listenForTouch(): void {
    const unlock = () => {
      this.sound ??= new AudioContext()
      void this.sound.resume()
    }
    addEventListener('pointerdown', unlock)
    addEventListener('keydown', unlock)
  }

  ring(): void {
    navigator.vibrate?.([400, 150, 400, 150, 400])
    const { sound } = this
    if (!sound || sound.state !== 'running') return
    for (const [start_s, hertz] of BEEPS) {
      const tone = new OscillatorNode(sound, { type: 'square', frequency: hertz })
      tone.connect(new GainNode(sound, { gain: 0.3 })).connect(sound.destination)
      tone.start(sound.currentTime + start_s)
      tone.stop(sound.currentTime + start_s + BEEP_S)
    }
  }

  /** Whether the person may still be asked to allow notices. */
  mayAsk(): boolean {
    return 'Notification' in window && Notification.permission === 'default'
  }

  async allow(): Promise<void> {
    await Notification.requestPermission()
  }

  /** A system notice, where the page is not looked at. `tag`: a second one of the same replaces the first. */
  async notify(title: string, body: string, tag: string): Promise<void> {
    if (!document.hidden || !('Notification' in window) || Notification.permission !== 'granted') return
    const worker = await navigator.serviceWorker?.getRegistration()
    await worker?.showNotification(title, { body, tag, requireInteraction: true, icon: '/m/icon.svg' })
  }
}
