import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { acceptedLanguages } from './accepted-language.js'
import { readTexts } from './choose-texts.js'
import { BUILT_IN } from './languages/built-in.js'
import { ENGLISH } from './languages/english.js'

const asking = (header: string | null) =>
  new Request('https://go.pizza.example/', header === null ? {} : { headers: { 'accept-language': header } })

describe('the language of a page', () => {
  it.each([
    [null, 'en'],
    ['', 'en'],
    ['*', 'en'],
    ['it', 'it'],
    ['de-AT,de;q=0.9,en;q=0.8', 'de-AT'],
    ['nl, fr;q=0.5', 'fr'],
    ['en;q=0.1, es;q=0.9', 'es'],
    ['de;q=0, it', 'it'],
    ['zh-Hans-CN, fr-CA', 'fr-CA'],
    ['EN-gb', 'en-GB'],
    ['de;q=7', 'de'],
    ['xx, yy', 'en'],
  ])('for %j is %s', (header, lang) => {
    const texts = readTexts(undefined).textsOf(asking(header))
    expect(texts.lang).toBe(lang)
    expect(texts.failedTitle).toBe(BUILT_IN[lang.slice(0, 2)]?.failedTitle)
  })

  it('is that which the host names, whatever is asked for', () => {
    const { textsOf } = readTexts({ lang: 'it', sender: 'Da Ada' })
    expect(textsOf(asking('de'))).toMatchObject({ lang: 'it', sender: 'Da Ada', dir: 'ltr' })
    const chosen = readTexts(() => ({ lang: 'fr' }))
    expect(chosen.textsOf(asking('de')).lang).toBe('fr')
  })

  it('may be one that the host brings, or the kit’s with other words', () => {
    const { textsOf } = readTexts(
      { sender: 'Da Ada' },
      { nl: { failedTitle: 'Er ging iets mis' }, de: { couponTitle: 'Dein Gutschein' } },
    )
    expect(textsOf(asking('nl-BE'))).toMatchObject({
      lang: 'nl-BE',
      failedTitle: 'Er ging iets mis',
      failedText: ENGLISH.failedText,
      sender: 'Da Ada',
    })
    expect(textsOf(asking('de'))).toMatchObject({
      couponTitle: 'Dein Gutschein',
      couponCode: BUILT_IN.de?.couponCode,
    })
  })

  it('keeps what the host left undefined', () => {
    expect(readTexts({ failedTitle: undefined } as never).fallback.failedTitle).toBe(ENGLISH.failedTitle)
  })

  it('is chosen in any case', () => {
    const { textsOf } = readTexts(undefined)
    const header = fc.string({
      unit: fc.constantFrom('d', 'e', '-', ',', ';', 'q', '=', '0', '.', ' ', '*', '_', '1'),
    })
    fc.assert(
      fc.property(header, (text) => {
        expect(Object.keys(BUILT_IN)).toContain(textsOf(asking(text)).lang.slice(0, 2))
      }),
      { seed: 20_260_301, numRuns: 300 },
    )
    expect(acceptedLanguages('de,'.repeat(100_000)).length).toBeLessThan(400)
  })
})

describe('the words of every language', () => {
  it.each(Object.keys(BUILT_IN))('%s: are all there, each with its placeholders', (lang) => {
    const words = BUILT_IN[lang] ?? ENGLISH
    expect(Object.keys(words)).toEqual(Object.keys(ENGLISH))
    const placeholders = (text: string) => (text.match(/\{\w+\}/g) ?? []).toSorted()
    for (const [name, text] of Object.entries(words)) {
      expect(text.trim(), name).toBe(text)
      expect(placeholders(text), name).toEqual(placeholders(ENGLISH[name as keyof typeof ENGLISH]))
    }
  })
})
