import { defineStore } from 'pinia'
import { ref } from 'vue'

import { Chime } from './chime'

const REMEMBERED = { sound: 'meu.desk.sound', notice: 'meu.desk.notice' }

/** What this browser was asked to do about new and overdue incidents: nothing, until somebody switches it on. */
export const useAlertSettings = defineStore('desk-alerts', () => {
  const chime = new Chime()
  const sound = ref(localStorage.getItem(REMEMBERED.sound) === 'on')
  const notice = ref(localStorage.getItem(REMEMBERED.notice) === 'on' && permission() === 'granted')
  /** Sounds are wanted, but nobody has touched the page since it was loaded. */
  const isWaiting = ref(sound.value)
  const isDenied = ref(false)

  async function switchSound(): Promise<void> {
    sound.value = !sound.value
    remember('sound', sound.value)
    if (!sound.value) return
    await wake()
    chime.play('new')
  }

  /** To be called at any touch of the page. */
  async function wake(): Promise<void> {
    if (!sound.value || chime.isReady) return
    try {
      await chime.wake()
    } catch {
      // No sound device: the switch says that it waits.
    }
    isWaiting.value = !chime.isReady
  }

  async function switchNotice(): Promise<void> {
    const isOn = !notice.value && await Notification.requestPermission() === 'granted'
    isDenied.value = permission() === 'denied'
    notice.value = isOn
    remember('notice', isOn)
  }

  return { chime, sound, notice, isWaiting, isDenied, switchSound, switchNotice, wake }
})

/** Whether the browser has notices for this page at all (they need https). */
export function canNotify(): boolean {
  return 'Notification' in window && window.isSecureContext
}

function permission(): NotificationPermission {
  return canNotify() ? Notification.permission : 'denied'
}

function remember(what: 'sound' | 'notice', isOn: boolean): void {
  localStorage.setItem(REMEMBERED[what], isOn ? 'on' : 'off')
}
