import axe from 'axe-core'
import { JSDOM } from 'jsdom'
import { describe, expect, it } from 'vitest'
import { BUILT_IN } from './languages/built-in.js'
import { CODE, COUPON, GENUINE, newEndpoints, QUESTION } from './links.fixture.js'
import { PAGE_STYLE } from './page-style.js'

const COUPON_STATES = ['valid', 'notYetValid', 'expired', 'cancelled', 'redeemed'] as const
const LONG = 'Not on Sundays & <holidays>.\n'.repeat(60)
const OVER = { question: async () => ({ ...QUESTION, state: 'over' as const }) }

const PAGES: readonly [string, string, RequestInit?, Parameters<typeof newEndpoints>[0]?][] = [
  ['unsubscribe', `/u/${GENUINE}`],
  ['unsubscribed', `/u/${GENUINE}`, { method: 'POST', body: 'from=page' }],
  ['preferences', `/p/${GENUINE}`],
  ['preferences that were saved', `/p/${GENUINE}`, { method: 'POST', body: 'form=genuine' }],
  ['preferences that were not saved', `/p/${GENUINE}`, { method: 'POST' }],
  ['the question of a double opt-in', `/s/${GENUINE}`],
  ['a question that is over', `/s/${GENUINE}`, {}, { links: OVER }],
  ['not found', '/x'],
  [
    'a coupon without terms',
    `/q/${CODE}`,
    {},
    { links: { coupon: async () => ({ ...COUPON, terms: null }) } },
  ],
  [
    'a coupon with long terms',
    `/q/${CODE}`,
    {},
    { links: { coupon: async () => ({ ...COUPON, terms: LONG }) } },
  ],
  ...COUPON_STATES.map((state): (typeof PAGES)[number] => [
    `a coupon that is ${state}`,
    `/q/${CODE}`,
    {},
    { links: { coupon: async () => ({ ...COUPON, state }) } },
  ]),
]

/** What axe-core finds of WCAG 2.2 A and AA, and of good practice; colours it cannot see without a browser. */
async function findingsOf(html: string): Promise<readonly string[]> {
  const { window } = new JSDOM(html, { runScripts: 'outside-only' })
  // jsdom draws nothing, so that nothing lies over anything
  window.document.elementFromPoint = () => null
  window.eval(axe.source)
  const { violations, incomplete } = await window.axe.run(window.document, {
    rules: { 'color-contrast': { enabled: false } },
  })
  return [...violations, ...incomplete].map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`)
}

describe('every page', () => {
  it.each(PAGES)('has nothing that keeps a reader out: %s', async (_what, path, init, options) => {
    const { ask } = newEndpoints({ texts: { sender: 'Pizzeria Da Ada' }, ...options })
    for (const lang of Object.keys(BUILT_IN)) {
      const response = await ask(path, { ...init, headers: { 'accept-language': lang } })
      expect(await findingsOf(await response.text()), lang).toEqual([])
    }
  })
})

/** The colours of a theme by name. */
function coloursIn(block: string): Readonly<Record<string, string>> {
  return Object.fromEntries(
    [...block.matchAll(/--([\w-]+):#([0-9a-f]{3,6})\b/g)].map(([, name = '', hex = '']) => [
      name,
      hex.length === 3 ? [...hex].map((digit) => digit + digit).join('') : hex,
    ]),
  )
}

/** Contrast of two colours: WCAG 2.2, "contrast ratio". */
function contrast(one: string, other: string): number {
  const luminance = (hex: string) => {
    const [red = 0, green = 0, blue = 0] = [0, 2, 4].map((at) => {
      const share = Number.parseInt(hex.slice(at, at + 2), 16) / 255
      return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4
    })
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
  }
  const [light = 0, dark = 0] = [luminance(one), luminance(other)].toSorted((a, b) => b - a)
  return (light + 0.05) / (dark + 0.05)
}

describe('the colours', () => {
  const [light = '', rest = ''] = PAGE_STYLE.split('@media(prefers-color-scheme:dark)')
  const [dark = '', paper = ''] = rest.split('@media print')
  const themes = { light: coloursIn(light), dark: coloursIn(dark), paper: coloursIn(paper) }

  it.each(Object.entries(themes))('can be told apart: %s', (name, colours) => {
    const { card = '', action = '' } = colours
    expect(card).toMatch(/^[0-9a-f]{6}$/)
    for (const text of ['text', 'quiet', 'bad', 'wait']) {
      expect(contrast(colours[text] ?? '', card), text).toBeGreaterThanOrEqual(4.5)
    }
    if (name === 'paper') return
    expect(contrast(colours['on-action'] ?? '', action)).toBeGreaterThanOrEqual(4.5)
    // the edge of a button, a box and a message
    expect(contrast(action, card)).toBeGreaterThanOrEqual(3)
  })

  it('are of texts that are large enough', () => {
    const sizes = [...PAGE_STYLE.matchAll(/font(?:-size)?:(?:[^;}]*?\s)?([\d.]+)rem/g)].map(([, rem]) =>
      Number(rem),
    )
    expect(sizes.length).toBeGreaterThan(3)
    expect(sizes.filter((rem) => rem < 1)).toEqual([])
  })
})
