/** `new`: rising · `overdue`: three times the same, pressing · `drill`: one soft tone for both. */
export type Tune = 'new' | 'overdue' | 'drill'

interface Tone {
  hertz: number
  atS: number
  forS: number
  gain: number
}

const TUNES: Record<Tune, readonly Tone[]> = {
  new: [
    { hertz: 660, atS: 0, forS: 0.16, gain: 0.3 },
    { hertz: 880, atS: 0.18, forS: 0.16, gain: 0.3 },
    { hertz: 1175, atS: 0.36, forS: 0.3, gain: 0.3 },
  ],
  overdue: [0, 0.28, 0.56].map((atS) => ({ hertz: 740, atS, forS: 0.18, gain: 0.35 })),
  drill: [{ hertz: 523, atS: 0, forS: 0.25, gain: 0.12 }],
}
const QUIET_MS = 3000
const SWELL_S = 0.02

/**
 * Sounds made by the browser itself: there is no file to load.
 *
 * Browsers let a page sound only after somebody has clicked or typed on it: until then `isReady` is false.
 */
export class Chime {
  private context: AudioContext | null = null
  private soundedAt = -QUIET_MS

  get isReady(): boolean {
    return this.context?.state === 'running'
  }

  /** To be called while somebody clicks or types. */
  async wake(): Promise<void> {
    this.context ??= new AudioContext()
    if (this.context.state === 'suspended') await this.context.resume()
  }

  /** Sound, unless something sounded just before. */
  play(tune: Tune): void {
    const { context } = this
    const nowMs = performance.now()
    if (context?.state !== 'running' || nowMs - this.soundedAt < QUIET_MS) return
    this.soundedAt = nowMs
    for (const tone of TUNES[tune]) sound(context, tone)
  }
}

function sound(context: AudioContext, { hertz, atS, forS, gain }: Tone): void {
  const [begin, end] = [context.currentTime + atS, context.currentTime + atS + forS]
  const [oscillator, volume] = [context.createOscillator(), context.createGain()]
  oscillator.type = 'triangle'
  oscillator.frequency.value = hertz
  volume.gain.setValueAtTime(0, begin)
  volume.gain.linearRampToValueAtTime(gain, begin + SWELL_S)
  volume.gain.setValueAtTime(gain, end - SWELL_S)
  volume.gain.linearRampToValueAtTime(0, end)
  oscillator.connect(volume).connect(context.destination)
  oscillator.start(begin)
  oscillator.stop(end)
}
