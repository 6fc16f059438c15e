import { inflateSync } from 'node:zlib'
import { Resvg } from '@resvg/resvg-js'
import fc from 'fast-check'
import jsQR from 'jsqr'
import { PNG } from 'pngjs'
import { create, type QRCode, type QRCodeSegment } from 'qrcode'
import { describe, expect, it } from 'vitest'
import { createQrEncoder } from './qr-encoder.js'

const runs = { seed: 20_260_301, numRuns: process.env.CAMPAIGNKIT_LONG === '1' ? 5_000 : 200 }
const encoder = createQrEncoder()

const CROCKFORD = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'
const crockford = (length: number) =>
  fc.string({ unit: fc.constantFrom(...CROCKFORD), minLength: length, maxLength: length })
const link = fc
  .tuple(
    fc.constantFrom('GO.PIZZA.EXAMPLE', 'X.IO', 'OFFERS.A-LONGER-NAME.EXAMPLE:8443'),
    crockford(6),
    crockford(8),
    crockford(26),
  )
  .map(([host, campaign, customer, secret]) => `HTTPS://${host}/Q/${campaign}-${customer}-${secret}`)

/** Alphanumeric capacity at level M by version (ISO/IEC 18004:2015, table 7). */
const CAPACITIES = [
  20, 38, 61, 90, 122, 154, 178, 221, 262, 311, 366, 419, 483, 528, 600, 656, 734, 816, 909, 970, 1035, 1134,
  1248, 1326, 1451, 1542, 1637, 1732, 1839, 1994, 2113, 2238, 2369, 2506, 2632, 2780, 2894, 3054, 3220, 3391,
]
const LONG_TEXT = `${'A0$%*+-./: Z'.repeat(300)}`

function drawn(text: string | QRCodeSegment[]): QRCode {
  return create(text, { errorCorrectionLevel: 'M', maskPattern: 2 })
}

function expectModulesOf(text: string, content: string | QRCodeSegment[]): void {
  const { modules } = drawn(content)
  const { size, dark } = encoder.matrix(text)
  expect(size).toBe(modules.size)
  const ours = Array.from({ length: size * size }, (_, at) =>
    dark(Math.floor(at / size), at % size) ? 1 : 0,
  )
  expect(ours.join('')).toBe(Array.from(modules.data).join(''))
}

/** Read by a decoder that shares nothing with the encoder. */
function decode(png: Uint8Array): string | undefined {
  const { data, width, height } = PNG.sync.read(Buffer.from(png))
  return jsQR(new Uint8ClampedArray(data), width, height, { inversionAttempts: 'dontInvert' })?.data
}

describe('the modules of a QR code', () => {
  it('are those of qrcode in one alphanumeric segment, in every version, full or barely begun', () => {
    for (const [at, capacity] of CAPACITIES.entries()) {
      const lengths = [capacity, capacity - 1, capacity - 2, (CAPACITIES[at - 1] ?? 0) + 1]
      for (const length of lengths) {
        const text = LONG_TEXT.slice(0, length)
        expectModulesOf(text, [{ mode: 'alphanumeric', data: text }])
      }
    }
  })

  it('are those of qrcode for any alphanumeric text', () => {
    const characters = fc.constantFrom(...'0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:')
    fc.assert(
      fc.property(fc.string({ unit: characters, minLength: 1, maxLength: 100 }), (text) => {
        expectModulesOf(text, [{ mode: 'alphanumeric', data: text }])
      }),
      runs,
    )
  })

  it('are those of qrcode for any other text', () => {
    for (const text of [
      'https://go.pizza.example/q/abc',
      'lower 12345678901234567890',
      'Größe 😀',
      'A\u0000',
      '{',
    ]) {
      expectModulesOf(text, text)
    }
  })

  it('are light outside of the code', () => {
    const { size, dark } = encoder.matrix('A')
    expect(size).toBe(21)
    expect(dark(0, 0)).toBe(true)
    for (const [row, column] of [
      [-1, 0],
      [0, -1],
      [0, 21],
      [21, 0],
    ] as const) {
      expect(dark(row, column)).toBe(false)
    }
  })

  it('are refused for a text that does not fit', () => {
    for (const text of ['', 'A'.repeat(3_392), 'a'.repeat(2_332), '😀'.repeat(600)]) {
      for (const make of [encoder.matrix, encoder.png, encoder.svg]) {
        expect(() => make(text)).toThrow(expect.objectContaining({ code: 'INVALID_INPUT', path: 'text' }))
      }
    }
  })
})

describe('the PNG of a QR code', () => {
  it('is read back by another decoder', () => {
    fc.assert(
      fc.property(link, (text) => {
        expect(decode(encoder.png(text))).toBe(text)
      }),
      { ...runs, numRuns: Math.max(200, runs.numRuns / 5) },
    )
  })

  it.each([2, 3, 4, 5, 7, 8, 11, 16])('is read back at %i pixels a module', (scale) => {
    const scaled = createQrEncoder({ scale })
    for (const text of fc.sample(link, { seed: scale, numRuns: 5 }))
      expect(decode(scaled.png(text))).toBe(text)
  })

  it.each(Array.from({ length: 16 }, (_, at) => at + 1))(
    'holds each pixel at %i to a module, opaque, with a white quiet zone of 4 modules',
    (scale) => {
      const text = 'HTTPS://GO.PIZZA.EXAMPLE/Q/ABC'
      const { size, dark } = encoder.matrix(text)
      const { width, height, data } = PNG.sync.read(Buffer.from(createQrEncoder({ scale }).png(text)))
      expect([width, height]).toEqual([(size + 8) * scale, (size + 8) * scale])
      const wrong = Array.from({ length: width * height }, (_, at) => at).filter((at) => {
        const row = Math.floor(Math.floor(at / width) / scale) - 4
        const column = Math.floor((at % width) / scale) - 4
        return data[at * 4] !== (dark(row, column) ? 0 : 255) || data[at * 4 + 3] !== 255
      })
      expect(wrong).toEqual([])
    },
  )

  it('is greyscale of 1 bit, with sound checksums, and small', () => {
    const png = Buffer.from(
      encoder.png('HTTPS://GO.PIZZA.EXAMPLE/Q/ABC123-ABCD1234-ABCDEFGHJKMNPQRSTVWXYZ0123'),
    )
    expect(png.subarray(0, 8).toString('latin1')).toBe('\x89PNG\r\n\x1a\n')
    expect([...png.subarray(24, 29)]).toEqual([1, 0, 0, 0, 0])
    const length = png.readUInt32BE(33)
    // zlib checks the Adler-32, pngjs the CRC of each chunk
    const pixels = inflateSync(png.subarray(41, 41 + length))
    expect(pixels).toHaveLength(328 * 42)
    expect(png.length).toBeLessThan(800)
    const broken = Buffer.from(png)
    broken[50]! ^= 1
    expect(() => PNG.sync.read(broken)).toThrow()
  })

  it('is sound for the smallest and the largest code, at the smallest and the largest scale', () => {
    for (const scale of [1, 16]) {
      const scaled = createQrEncoder({ scale })
      for (const [text, size] of [
        ['A', 21],
        [LONG_TEXT.slice(0, 3_391), 177],
      ] as const) {
        expect(PNG.sync.read(Buffer.from(scaled.png(text))).width).toBe((size + 8) * scale)
      }
    }
  })

  it('does not depend on what was made before', () => {
    const texts = fc.sample(link, { seed: 3, numRuns: 30 })
    const once = texts.map((text) => Buffer.from(createQrEncoder().png(text)).toString('hex'))
    const again = [...texts].reverse().map((text) => Buffer.from(encoder.png(text)).toString('hex'))
    expect(again.reverse()).toEqual(once)
  })

  it.each([0, 17, 1.5, Number.NaN, -8])('is refused at a scale of %s', (scale) => {
    expect(() => createQrEncoder({ scale })).toThrow(
      expect.objectContaining({ code: 'INVALID_INPUT', path: 'scale' }),
    )
  })
})

describe('the SVG of a QR code', () => {
  /** How often each place is drawn, row by row; the path is read by its documented form. */
  function drawnTimes(svg: string, size: number): number[] {
    const times = new Array<number>(size * size).fill(0)
    for (const [, x, y, width, back] of svg.matchAll(/M(\d+) (\d+)h(\d+)v1h-(\d+)z/g)) {
      expect(width).toBe(back)
      const start = (Number(y) - 4) * size + Number(x) - 4
      for (let at = start; at < start + Number(width); at += 1) times[at] = (times[at] ?? 0) + 1
    }
    return times
  }

  it('is read back by another decoder once another renderer has drawn it, at any size', () => {
    const texts = [...fc.sample(link, { seed: 6, numRuns: 12 }), 'mixed Case äöü']
    for (const text of texts) {
      for (const side of [200, 333, 800]) {
        const { pixels, width, height } = new Resvg(encoder.svg(text), {
          fitTo: { mode: 'width', value: side },
        }).render()
        expect([width, height]).toEqual([side, side])
        const read = jsQR(new Uint8ClampedArray(pixels), width, height, { inversionAttempts: 'dontInvert' })
        expect(read?.data).toBe(text)
      }
    }
  })

  it('draws each dark module once, on white, with a quiet zone of 4 modules', () => {
    for (const text of [...fc.sample(link, { seed: 5, numRuns: 20 }), 'A', 'mixed Case']) {
      const svg = encoder.svg(text)
      const { size, dark } = encoder.matrix(text)
      expect(svg).toContain(`viewBox="0 0 ${size + 8} ${size + 8}"`)
      expect(svg).toContain(`<path fill="#fff" d="M0 0h${size + 8}v${size + 8}H0z"/>`)
      const expected = Array.from({ length: size * size }, (_, at) =>
        dark(Math.floor(at / size), at % size) ? 1 : 0,
      )
      expect(drawnTimes(svg, size)).toEqual(expected)
    }
  })
})
