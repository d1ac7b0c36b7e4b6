/** Making a phone's photograph small enough for a poor network. What the camera wrote into the file goes. */

const SIDE_MAX_PX = 1600
const BYTES_MAX = 900_000 // with the form around it under the APIs' 1 MB
const TRIES: readonly [scale: number, quality: number][] = [
  [1, 0.8],
  [1, 0.6],
  [0.75, 0.6],
  [0.5, 0.6],
  [0.5, 0.4],
]

/** A JPEG of at most 1600 px and 900 kB; null when the file is no picture that this browser can read. */
export async function shrunk(file: Blob): Promise<Blob | null> {
  const address = URL.createObjectURL(file)
  try {
    const picture = new Image()
    picture.src = address
    await picture.decode()
    for (const [scale, quality] of TRIES) {
      const size = fitted(picture.naturalWidth, picture.naturalHeight, SIDE_MAX_PX * scale)
      const jpeg = await drawn(picture, size, quality)
      if (jpeg && jpeg.size <= BYTES_MAX) return jpeg
    }
    return null
  } catch {
    return null
  } finally {
    URL.revokeObjectURL(address)
  }
}

/** Width and height with the longer side at most `side_max`, never enlarged. */
export function fitted(width: number, height: number, side_max: number): [number, number] {
  const scale = Math.min(1, side_max / Math.max(width, height))
  return [Math.max(1, Math.round(width * scale)), Math.max(1, Math.round(height * scale))]
}

function drawn(picture: HTMLImageElement, [width, height]: [number, number], quality: number): Promise<Blob | null> {
  const canvas = document.createElement('canvas')
  canvas.width = width
  canvas.height = height
  canvas.getContext('2d')?.drawImage(picture, 0, 0, width, height)
  return new Promise((resolve) => canvas.toBlob(resolve, 'image/jpeg', quality))
}
