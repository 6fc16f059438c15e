import fc from 'fast-check'
import * as mailparser from 'mailparser'
import { describe, expect, it } from 'vitest'
import { quotedPrintable } from './quoted-printable.js'

const runs = { seed: 7, numRuns: process.env.CAMPAIGNKIT_LONG === '1' ? 20_000 : 300 }

const textArbitrary = fc
  .array(
    fc.oneof(
      fc.string({ unit: 'grapheme' }),
      fc.constantFrom('\r\n', '\n', '\r', ' ', '\t', '=', '.', '🍕', 'x'.repeat(75)),
    ),
  )
  .map((pieces) => pieces.join(''))

describe('quoted-printable', () => {
  it('is ASCII in lines of at most 76 characters, none of which ends in a space', () => {
    fc.assert(
      fc.property(textArbitrary, (text) => {
        const encoded = quotedPrintable(Buffer.from(text)).toString('latin1')
        expect(encoded === '' || encoded.endsWith('\r\n')).toBe(true)
        expect(encoded.includes('=_')).toBe(false)
        for (const line of encoded.split('\r\n')) expect(line).toMatch(/^(?:[\t -~]{0,75}[!-~])?$/)
      }),
      runs,
    )
  })

  it('is read by a mail program as it was written', async () => {
    await fc.assert(
      fc.asyncProperty(textArbitrary, async (text) => {
        const head =
          'Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n'
        const raw = Buffer.concat([Buffer.from(head), quotedPrintable(Buffer.from(text))])
        const { text: read } = await mailparser.simpleParser(raw)
        const lines = (value: string) => value.replaceAll(/\r\n|\r|\n/g, '\n').replace(/\n*$/, '')
        expect(lines(read ?? '')).toBe(lines(text))
      }),
      runs,
    )
  })
})
