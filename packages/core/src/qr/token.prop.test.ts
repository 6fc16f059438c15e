import fc from 'fast-check'
import { expect, it } from 'vitest'
import {
  CAMPAIGN_HANDLE_LETTERS,
  CUSTOMER_HANDLE_LETTERS,
  linkOfCode,
  makeCode,
  makeHandle,
  parseScanned,
  SECRET_BYTES,
} from './token.js'

const numRuns = process.env.CAMPAIGNKIT_LONG === '1' ? 20_000 : 200
const settings = { seed: 20260301, numRuns }
const bytes = (length: number) => fc.uint8Array({ minLength: length, maxLength: length })
const handle = (letters: number) =>
  bytes(letters).map((drawn) => makeHandle({ bytes: (length) => drawn.subarray(0, length) }, letters))
const codes = fc
  .record({
    campaignHandle: handle(CAMPAIGN_HANDLE_LETTERS),
    customerHandle: handle(CUSTOMER_HANDLE_LETTERS),
    secret: bytes(SECRET_BYTES),
  })
  .map(makeCode)

it('every link reads back as its code and stays within the alphanumeric mode of QR codes', () => {
  fc.assert(
    fc.property(codes, fc.domain(), (code, host) => {
      const link = linkOfCode(`https://${host}`, code)
      expect(link).toMatch(/^[0-9A-Z $%*+\-./:]+$/)
      expect(parseScanned(link)).toEqual({ code, handle: code.slice(0, 15) })
      expect(parseScanned(link.toLowerCase())?.code).toBe(code)
      expect(parseScanned(code.toLowerCase())?.code).toBe(code)
    }),
    settings,
  )
})

it('no text makes reading throw, and what is read has the form of a code', () => {
  const texts = fc.oneof(
    fc.string({ unit: 'binary' }),
    codes.chain((code) => fc.string().map((junk) => code + junk)),
  )
  fc.assert(
    fc.property(texts, (text) => {
      const read = parseScanned(text)
      if (read !== null)
        expect(read.code).toMatch(/^[0-9A-HJKMNP-TV-Z]{6}-[0-9A-HJKMNP-TV-Z]{8}-[0-9A-HJKMNP-TV-Z]{26}$/)
    }),
    settings,
  )
})
