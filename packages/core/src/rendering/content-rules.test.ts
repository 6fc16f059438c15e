import { describe, expect, it } from 'vitest'
import type { RenderedMessage } from '../ports/channel.js'
import type { HtmlReader, HtmlText } from '../ports/html-reader.js'
import { contentFindings } from './content-rules.js'

const READABLE: HtmlText = {
  text: 'Hi',
  color: [0, 0, 0],
  background: [255, 255, 255],
  size: 16,
  bold: false,
}

function found(given: {
  readonly html?: string
  readonly texts?: readonly Partial<HtmlText>[]
  readonly alts?: readonly (string | null)[]
  readonly text?: string
  readonly preheader?: string
}) {
  const { html = '<p>Hi</p>', texts = [{}], alts = [], preheader = 'Come back', text } = given
  const reader: HtmlReader = {
    links: () => [],
    toText: (source) => source,
    looks: () => ({
      images: alts.map((alt) => ({ alt })),
      texts: texts.map((each) => ({ ...READABLE, ...each })),
    }),
  }
  const message: RenderedMessage = {
    type: 'email',
    subject: 'Hi',
    html,
    text: 'Hi',
    replyTo: null,
    headers: {},
    attachments: [],
  }
  const parts = { subject: 'Hi', html, preheader, ...(text === undefined ? {} : { text }) }
  return contentFindings(parts, message, reader).map(({ code, part }) => `${code} ${part}`)
}

describe('the content of an e-mail', () => {
  it('is fine when it can be read and says something without its images', () => {
    expect(found({ alts: ['QR code', ''] })).toEqual([])
  })

  it('needs a word for every image, or an empty one where none is meant', () => {
    expect(found({ alts: ['Pizza', null, null] })).toEqual(['imageWithoutAlt html'])
  })

  it.each<[Partial<HtmlText>, boolean]>([
    [{ color: [118, 118, 118] }, true],
    [{ color: [119, 119, 119] }, false],
    [{ color: [119, 119, 119], size: 24 }, true],
    [{ color: [119, 119, 119], size: 18.7 }, false],
    [{ color: [119, 119, 119], size: 18.7, bold: true }, true],
    [{ color: [119, 119, 119], size: 18.6, bold: true }, false],
    [{ color: [160, 160, 160], size: 40, bold: true }, false],
    [{ color: [119, 119, 119], size: null }, true],
    [{ color: null }, true],
    [{ color: [255, 255, 255], background: null }, true],
  ])('needs contrast, less where letters are large: %j', (text, isReadable) => {
    expect(found({ texts: [{}, text, text] })).toEqual(isReadable ? [] : ['lowContrast html'])
  })

  it.each([
    ['Hi', ['preheaderRepeatsSubject preheader']],
    ['x'.repeat(141), ['preheaderCut preheader']],
    ['x'.repeat(140), []],
    [`{% if true %}${'x'.repeat(140)}{% endif %}`, []],
    ['', []],
  ])('needs a preheader that adds to the subject and is shown whole: %s', (preheader, codes) => {
    expect(found({ preheader })).toEqual(codes)
  })

  it('needs words, or a text part of its own, beside its images', () => {
    expect(found({ texts: [], alts: ['We miss you'] })).toEqual(['textPartEmpty html'])
    expect(found({ texts: [], alts: ['We miss you'], text: 'We miss you' })).toEqual([])
  })

  it('needs images that Gmail shows', () => {
    expect(found({ html: '<img alt="" src="data:image/png;base64,AA">' })).toEqual([
      'imageDroppedByGmail html',
    ])
  })

  it('is not looked at where there is no html', () => {
    const reader = {
      links: () => [],
      toText: () => '',
      looks: () => ({ images: [{ alt: null }], texts: [] }),
    }
    expect(contentFindings({ subject: 'Hi', text: 'Hi' }, null, reader)).toEqual([])
    expect(contentFindings({ body: 'Hi' }, null, reader)).toEqual([])
  })
})
