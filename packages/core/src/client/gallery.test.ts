import { createMemoryStorage } from '@campaignkit/adapter-memory'
import { describe, expect, it } from 'vitest'
import type { Reward } from '../model/coupon.js'
import { htmlEngine } from '../rendering/template-engine.js'
import { everyone } from '../segmentation/builders.js'
import { accentOf, letteringOn } from '../templates/brand.js'
import { compileMjml } from '../templates/compile-mjml.js'
import { couponLetter, event, type GalleryLetter, launch, newsletter, winBack } from '../templates/gallery.js'
import { createManualClock } from '../testing/manual-clock.js'
import { createRecordingChannel } from '../testing/recording-channel.js'
import { createCampaignKit } from './create-campaign-kit.js'
import { codeOf } from './refusal.fixture.js'

const brand = {
  name: 'Pizza & <Friends>',
  homepage: 'https://pizza.example/?a=1&b=2',
  color: '#c0392b',
  address: 'Via Roma 1, Napoli',
}
const button = { label: 'See "all"', url: 'https://pizza.example/menu?a=1&b=2' }
const picture = { url: 'https://pizza.example/pizza.png', alt: 'A pizza from above' }

const LETTERS: readonly [string, GalleryLetter][] = [
  ['win-back', winBack({ brand, button })],
  [
    'launch',
    launch({
      brand: { ...brand, logo: picture },
      product: 'Calzone',
      tagline: 'At home',
      picture,
      points: [
        { title: 'Fresh', text: 'Made today' },
        { title: 'Simple', text: 'In ten minutes' },
      ],
      button,
    }),
  ],
  [
    'launch without picture and points',
    launch({ brand, product: 'Calzone', tagline: 'At home', points: [], button }),
  ],
  ['coupon', couponLetter({ brand, headline: '{{ customer.firstName | default: "Your" }} & more', button })],
  ['coupon without a button', couponLetter({ brand, headline: 'Summer' })],
  [
    'event',
    event({ brand, name: 'Dough night', when: 'Friday', where: 'Here', about: 'Make it', picture, button }),
  ],
  [
    'newsletter',
    newsletter({
      brand,
      title: 'June',
      opening: 'News',
      stories: [
        { title: 'Oven', text: 'New', picture, link: button },
        { title: 'Mondays', text: 'Open' },
      ],
    }),
  ],
]

function createKit() {
  const root = createCampaignKit({
    storage: createMemoryStorage(),
    channels: { email: createRecordingChannel() },
    publicUrl: 'https://go.pizza.example',
    secrets: [{ id: '2026a', key: 'a secret of a test, known to all' }],
    clock: createManualClock(),
  })
  return root.as({ tenant: 'pizzeria', actor: { id: 'u-17', kind: 'user' } })
}

describe.each(LETTERS)('the letter %s', (_name, { subject, preheader, mjml }) => {
  it('reads well on every count, and knows no customer too little', async () => {
    const kit = createKit()
    await kit.customers.upsert([{ id: 'c-0', addresses: { email: 'ada@example.com' } }])
    const html = await compileMjml(mjml)
    const { id } = await kit.campaigns.create({
      name: 'A letter',
      audience: everyone(),
      purpose: 'transactional',
      messages: { email: { subject, preheader, html } },
      coupon: { reward: { kind: 'percent', value: 30 }, validFor: { days: 30 } },
    })
    const { findings, sizes } = await kit.campaigns.preflight(id)
    expect(findings).toEqual([])
    expect(sizes[0]?.bytes).toBeLessThan(60_000)
    const { message } = await kit.campaigns.preview(id, { customerId: 'c-0' })
    const written = message.type === 'email' ? (message.html ?? '') : ''
    expect(written).not.toMatch(/\{\{|\{%|undefined|<Friends>|Hello ,/)
    expect(written).toContain('Unsubscribe')
    expect(written).toContain('prefers-color-scheme: dark')
  })
})

interface LetterWords {
  readonly preheader: string
  /** The line in large letters. */
  readonly large: string
}

/** Each kind of reward, and the words that the letters which show one have for it. */
const REWARDS: readonly (readonly [Reward, Readonly<Record<'win-back' | 'coupon', LetterWords>>])[] = [
  [
    { kind: 'percent', value: 30 },
    {
      'win-back': { preheader: '30% off your next visit', large: '30% off' },
      coupon: { preheader: '30% off, for you alone', large: '30% off' },
    },
  ],
  [
    { kind: 'amount', amountMinor: 500, currency: 'EUR' },
    {
      'win-back': { preheader: '5.00 EUR off your next visit', large: '5.00 EUR off' },
      coupon: { preheader: '5.00 EUR off, for you alone', large: '5.00 EUR off' },
    },
  ],
  [
    { kind: 'item', item: 'Free tiramisu & <espresso>' },
    {
      'win-back': {
        preheader: 'Free tiramisu & <espresso> on your next visit',
        large: 'Free tiramisu & <espresso>',
      },
      coupon: { preheader: 'Free tiramisu & <espresso>, for you alone', large: 'Free tiramisu & <espresso>' },
    },
  ],
]
const showing = (like: 'win-back' | 'coupon') =>
  LETTERS.filter(([name]) => name.startsWith(like)).map(([name, letter]) => [name, like, letter] as const)
const SHOWING = [...showing('win-back'), ...showing('coupon')]
const OTHERS = LETTERS.filter(([name]) => !SHOWING.some(([shown]) => shown === name))

/** The parts of a letter as a customer gets it. */
async function writtenWith({ subject, preheader, mjml }: GalleryLetter, reward: Reward | null) {
  const kit = createKit()
  await kit.customers.upsert([{ id: 'c-0', firstName: 'Ada', addresses: { email: 'ada@example.com' } }])
  const { id } = await kit.campaigns.create({
    name: 'A letter',
    audience: everyone(),
    purpose: 'transactional',
    messages: { email: { subject, preheader, html: await compileMjml(mjml) } },
    ...(reward === null ? {} : { coupon: { reward, terms: 'On Mondays' } }),
  })
  const { message } = await kit.campaigns.preview(id, { customerId: 'c-0' })
  if (message.type !== 'email') throw new Error('a letter is mail')
  return { subject: message.subject, html: message.html ?? '', text: message.text }
}

const escaped = (text: string) => text.replace('&', '&amp;').replace('<', '&lt;').replace('>', '&gt;')
const offsIn = (text: string) => text.replace(/<style.*?<\/style>/gs, '').match(/\boff\b/g)?.length ?? 0

describe.each(REWARDS)('a letter whose coupon gives %j', (reward, words) => {
  it.each(SHOWING)('says so in preheader, html and text: %s', async (_name, like, letter) => {
    const { subject, html, text } = await writtenWith(letter, reward)
    const { preheader, large } = words[like]
    expect(html).toContain(`>${escaped(preheader)}<`)
    expect(html).toContain(`>${escaped(large)}</div>`)
    expect(text.split('\n')).toContain(large)
    expect(text).toContain('Show it at the till or use the code online.')
    const offs = large.endsWith(' off') ? 1 : 0
    expect([offsIn(subject), offsIn(html), offsIn(text)]).toEqual([0, 2 * offs, offs])
  })

  it.each(OTHERS)('does not speak of it where it is not shown: %s', async (_name, letter) => {
    const { subject, html, text } = await writtenWith(letter, reward)
    expect(`${subject} ${html} ${text}`).not.toMatch(/Show it at the till|tiramisu/)
    expect([offsIn(subject), offsIn(html), offsIn(text)]).toEqual([0, 0, 0])
  })
})

describe('a letter of a campaign without a coupon', () => {
  it.each(SHOWING)('is refused where it shows one: %s', async (_name, _like, letter) => {
    expect(await codeOf(() => writtenWith(letter, null))).toMatch(/^COUPON_NOT_CONFIGURED/)
  })

  it.each(SHOWING)('promises nothing all the same, whoever fills it in: %s', async (_name, like, letter) => {
    const filledIn = (source: string) => htmlEngine.parseAndRenderSync(source, { coupon: null }) as string
    const html = filledIn(await compileMjml(letter.mjml))
    const preheader = filledIn(letter.preheader)
    expect(preheader).toBe(like === 'coupon' ? 'For you alone' : 'A welcome back on your next visit')
    expect(offsIn(html) + offsIn(preheader)).toBe(0)
    expect(html).not.toMatch(/Show it at the till|little something/)
  })

  it.each(OTHERS)('is as it is with one: %s', async (_name, letter) => {
    const { text } = await writtenWith(letter, null)
    expect(text).toBe((await writtenWith(letter, { kind: 'percent', value: 30 })).text)
  })
})

describe('the gallery', () => {
  it.each<[() => unknown, string]>([
    [() => winBack({ brand: { ...brand, color: 'red' }, button }), 'brand.color'],
    [() => winBack({ brand: { ...brand, homepage: 'javascript:alert(1)' }, button }), 'brand.homepage'],
    [() => couponLetter({ brand, headline: '' }), 'headline'],
    [() => newsletter({ brand, title: 'x', opening: 'x', stories: [] }), 'stories'],
  ])('refuses what no letter can be made of: %s', async (make, path) => {
    expect(await codeOf(make)).toBe(`INVALID_INPUT ${path}`)
  })

  it.each([
    ['#c0392b', '#ffffff', '#c0392b'],
    ['#ffd400', '#14171a', '#14171a'],
    ['#000000', '#ffffff', '#000000'],
  ])('writes on and in the brand’s colour so that people can read it: %s', (color, lettering, accent) => {
    expect([letteringOn(color), accentOf(color)]).toEqual([lettering, accent])
  })
})
