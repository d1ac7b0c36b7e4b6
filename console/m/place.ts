/** Where the phone is. */

/** WGS-84 degrees and metres; `at`: milliseconds since 1970 by the phone's clock. */
export interface Fix {
  lon: number
  lat: number
  accuracy_m: number
  at: number
}

export type NoFix = 'location-refused' | 'location-unavailable' | 'location-timeout' | 'location-insecure'

const EXACT: PositionOptions = { enableHighAccuracy: true, timeout: 10_000, maximumAge: 10_000 }
/** Indoors the satellites may be out of reach while the network's estimate, with its accuracy, is not. */
const ROUGH: PositionOptions = { enableHighAccuracy: false, timeout: 5000, maximumAge: 10_000 }
const ACCURACY_MAX_M = 100_000

/** A fix, up to 10 s old unless it is wanted `anew`; or why there is none. */
export async function locate(anew: boolean): Promise<Fix | NoFix> {
  if (!isSecureContext) return 'location-insecure'
  if (!navigator.geolocation) return 'location-unavailable'
  const age = anew ? { maximumAge: 0 } : {}
  const exact = await position({ ...EXACT, ...age })
  return exact === 'location-timeout' || exact === 'location-unavailable' ? position({ ...ROUGH, ...age }) : exact
}

/** Whether a fix can be had without the browser asking the person first. */
export async function mayLocate(): Promise<boolean> {
  try {
    return (await navigator.permissions.query({ name: 'geolocation' })).state === 'granted'
  } catch {
    return false // a browser that does not tell asks
  }
}

/** As the APIs take it. */
export function asLocation({ lon, lat, accuracy_m }: Fix): { lon: number; lat: number; accuracy_m: number; crs: 'wgs84' } {
  return { lon, lat, accuracy_m: Math.min(accuracy_m, ACCURACY_MAX_M), crs: 'wgs84' }
}

/** Metres between two places (haversine, mean Earth radius). */
export function metresBetween(a: { lon: number; lat: number }, b: { lon: number; lat: number }): number {
  const rad = Math.PI / 180
  const half_lat = ((b.lat - a.lat) * rad) / 2
  const half_lon = ((b.lon - a.lon) * rad) / 2
  const h = Math.sin(half_lat) ** 2 + Math.cos(a.lat * rad) * Math.cos(b.lat * rad) * Math.sin(half_lon) ** 2
  return 2 * 6_371_008.8 * Math.asin(Math.min(1, Math.sqrt(h)))
}

function position(options: PositionOptions): Promise<Fix | NoFix> {
  return new Promise((resolve) => {
    navigator.geolocation.getCurrentPosition(
      ({ coords, timestamp }) =>
        resolve({ lon: coords.longitude, lat: coords.latitude, accuracy_m: coords.accuracy, at: timestamp }),
      (error) => resolve(whyNot(error)),
      options,
    )
  })
}

function whyNot(error: GeolocationPositionError): NoFix {
  if (error.code === error.PERMISSION_DENIED) return 'location-refused'
  return error.code === error.TIMEOUT ? 'location-timeout' : 'location-unavailable'
}
