import { createMemoryStorage } from '@campaignkit/adapter-memory'
import { describe, expect, it } from 'vitest'
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
