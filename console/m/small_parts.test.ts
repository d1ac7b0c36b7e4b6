import { afterEach, expect, test, vi } from 'vitest'
import { checkIn } from './acts'
import { ServerClock } from './clock'
import { multipart } from './multipart'
import { fitted } from './photo'
import { metresBetween } from './place'
import { weigh } from './size_gate'
import { clockTime, distance, span } from './times'

const NOW = Date.parse('2026-03-01T08:00:00Z')

afterEach(() => vi.useRealTimers())

test('a form has the same bytes however often it is made, and the photograph inside', async () => {
  const content = new Blob([new Uint8Array([0xff, 0xd8, 0x00])], { type: 'image/jpeg' })
  const make = () => multipart({ kind: 'fire', note: '灭火器过期' }, { field: 'photo', name: 'photo.jpg', content }, 'edge')
  const [one, other] = [await make(), await make()]
  expect(new Uint8Array(one.body)).toEqual(new Uint8Array(other.body))
  const read = await new Response(one.body, { headers: { 'content-type': one.type } }).formData()
  expect([read.get('kind'), read.get('note')]).toEqual(['fire', '灭火器过期'])
  expect(new Uint8Array(await (read.get('photo') as File).arrayBuffer())).toEqual(new Uint8Array([0xff, 0xd8, 0x00]))
})

test('a check-in carries the time of its scan, its place with its reference system, and a PIN only if there is one', () => {
  const scan = { code: 'ABCDEFGHIJ23', unit: null, post: null, scanned_at: NOW }
  const fix = { lon: 113.3, lat: 23.1, accuracy_m: 250_000, at: NOW }
  expect(JSON.parse(checkIn('U-1', scan, null, fix).body as string)).toEqual({
    unit_id: 'U-1',
    code: 'ABCDEFGHIJ23',
    location: { lon: 113.3, lat: 23.1, accuracy_m: 100_000, crs: 'wgs84' },
    scanned_at: '2026-03-01T08:00:00.000Z',
  })
  expect(JSON.parse(checkIn('U-1', scan, '123456', fix).body as string)).toMatchObject({ pin: '123456' })
})

test('a phone whose clock is wrong goes by the server’s', () => {
  vi.useFakeTimers({ now: NOW })
  const clock = new ServerClock()
  expect(clock.observe('Sun, 01 Mar 2026 08:00:01 GMT')).toBe(false)
  expect(clock.now()).toBe(NOW)
  expect(clock.observe('Sun, 01 Mar 2026 07:55:00 GMT')).toBe(true)
  expect(clock.now()).toBe(NOW - 300_000)
  expect(clock.observe('Sun, 01 Mar 2026 07:55:01 GMT')).toBe(false)
  expect(clock.observe(null)).toBe(false)
  expect(clock.observe('soon')).toBe(false)
})

test.each([
  [59_000, '不到1分钟'],
  [60_000, '1分钟'],
  [3_600_000, '1小时'],
  [7_500_000, '2小时5分钟'],
])('%i ms are %s', (ms, words) => {
  expect(span(ms)).toBe(words)
})

test('a time of day has two digits each', () => {
  expect(clockTime(NOW)).toMatch(/^\d\d:\d\d$/)
})

test.each([
  [3, '约10米'],
  [214, '约210米'],
  [996, '约1公里'],
  [1249, '约1.2公里'],
])('%d m are %s', (metres, words) => {
  expect(distance(metres)).toBe(words)
})

test('distances are those of the globe', () => {
  expect(metresBetween({ lon: 113.3, lat: 23.1 }, { lon: 113.3, lat: 23.2 })).toBeCloseTo(11_119.5, 0)
})

test.each([
  [4000, 3000, [1600, 1200]],
  [3000, 4000, [1200, 1600]],
  [800, 600, [800, 600]],
  [10_000, 1, [1600, 1]],
])('a picture of %i × %i is drawn as %j', (width, height, size) => {
  expect(fitted(width, height, 1600)).toEqual(size)
})

test('a page that is too heavy does not pass', async () => {
  const noise = crypto.getRandomValues(new Uint8Array(60_000))
  const bundle = { 'page.js': { type: 'chunk', code: 'x()' }, 'photo.bin': { type: 'asset', source: noise } } as const
  await expect(weigh(bundle, 60_000)).rejects.toThrow('more than 60000')
  expect(await weigh({ 'page.js': bundle['page.js'] }, 60_000)).toBeLessThan(100)
})
