/** Reading a QR code with the camera, where the browser can (Android's Chrome and its kin). */

interface Detector {
  detect(source: HTMLVideoElement): Promise<{ rawValue: string }[]>
}

const LOOK_EVERY_MS = 200

export function canScan(): boolean {
  return 'BarcodeDetector' in window && !!navigator.mediaDevices
}

/** The text of the first QR code that `wanted` accepts; null when `signal` ends it. Rejects without a camera. */
export async function scanWith<T>(
  video: HTMLVideoElement,
  wanted: (text: string) => T | null,
  signal: AbortSignal,
): Promise<T | null> {
  const Kind = (window as unknown as { BarcodeDetector: new (options: object) => Detector }).BarcodeDetector
  const detector = new Kind({ formats: ['qr_code'] })
  const stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: 'environment' } })
  try {
    video.srcObject = stream
    await video.play()
    while (!signal.aborted) {
      for (const { rawValue } of await detector.detect(video)) {
        const found = wanted(rawValue)
        if (found) return found
      }
      await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS))
    }
    return null
  } finally {
    for (const track of stream.getTracks()) track.stop()
  }
}
