import { expect, it } from 'vitest'
import { parseUrl } from './parse-url.js'

it('reads a URL with letters beyond ASCII, however often it is asked', () => {
  const read = new Set(
    Array.from({ length: 20_000 }, () => parseUrl('https://pizzeria-süd.example/café')?.href),
  )
  expect([...read]).toEqual(['https://xn--pizzeria-sd-2hb.example/caf%C3%A9'])
})

it.each(['', 'pizza', '/q/1', 'https://'])('gives null for %j', (text) => {
  expect(parseUrl(text)).toBeNull()
})
