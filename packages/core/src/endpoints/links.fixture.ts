import type { ConsentQuestion } from '../engine/confirm-consent.js'
import type { CouponPage, LinkHost } from '../engine/link-host.js'
import type { PreferenceCentre } from '../engine/preference-centre.js'
import { createPlainQrEncoder } from '../testing/plain-qr-encoder.js'
import { createEndpoints } from './create-endpoints.js'
import type { EndpointOptions } from './endpoint-options.js'

/** The one text that the links of these tests know. */
export const GENUINE = '2026.payload.signature'
export const CODE = 'K7Q2MX-9V3H5T8B-0123456789ABCDEFGHJKMNPQRS'
export const ORIGIN = 'https://go.pizza.example'

/** A coupon, valid in March 2026. */
export const COUPON: CouponPage = {
  code: CODE,
  svg: createPlainQrEncoder().svg(`${ORIGIN}/Q/${CODE}`.toUpperCase()),
  reward: { kind: 'percent', value: 30 },
  terms: 'Not with other offers.',
  validFrom: Date.UTC(2026, 2, 1, 8),
  expiresAt: Date.UTC(2026, 2, 31, 22),
  state: 'valid',
  timeZone: 'Europe/Berlin',
}

/** Preferences of a customer who allows offers by e-mail and nothing else. */
export const CENTRE: PreferenceCentre = {
  choices: [
    { channel: 'email', topic: 'offers', label: { en: 'Offers', de: 'Angebote' }, granted: true },
    { channel: 'email', topic: 'news', label: 'Menu & <more>', granted: false },
    { channel: 'sms', topic: 'offers', label: { en: 'Offers', de: 'Angebote' }, granted: false },
  ],
  form: 'genuine',
}

export const QUESTION: ConsentQuestion = {
  channel: 'email',
  topic: 'offers',
  label: { en: 'offers', de: 'Angebote' },
  state: 'open',
}

/** What a host of links answers to a text that is not genuine. */
export const NO_LINKS: LinkHost = {
  leadsTo: () => null,
  follow: async () => null,
  open: async () => false,
  isUnsubscribeLink: () => false,
  unsubscribe: async () => false,
  coupon: async () => null,
  preferences: async () => null,
  savePreferences: async () => null,
  question: async () => null,
  confirm: async () => null,
  tillOf: () => null,
  admitTill: async () => 0,
  redeem: async () => ({ outcome: 'unknown' }),
  guesses: { blockedForMs: () => 0, missed: async () => 0 },
}

type FixtureOptions = Partial<Omit<EndpointOptions, 'links'>> & { readonly links?: Partial<LinkHost> }

/** Endpoints over links that know one text, with a record of what the links were asked to change. */
export function newEndpoints({ links, ...options }: FixtureOptions = {}) {
  const calls: string[] = []
  const failures: unknown[] = []
  const known: LinkHost = {
    ...NO_LINKS,
    leadsTo: (text) => (text === GENUINE ? 'https://pizza.example/menu' : null),
    async follow(text, agent) {
      calls.push(agent ? `follow ${text} by ${agent}` : `follow ${text}`)
      return this.leadsTo(text)
    },
    async open(text, agent) {
      calls.push(agent ? `open ${text} by ${agent}` : `open ${text}`)
      return text === GENUINE
    },
    isUnsubscribeLink: (text) => text === GENUINE,
    async unsubscribe(text, basis) {
      calls.push(`unsubscribe ${text}: ${basis}`)
      return text === GENUINE
    },
    preferences: async (text) => (text === GENUINE ? CENTRE : null),
    async savePreferences(text, submitted) {
      calls.push(`save ${text}: ${submitted.nothing ? 'nothing' : submitted.chosen.join()}`)
      if (text !== GENUINE) return null
      return { outcome: submitted.form === CENTRE.form ? 'saved' : 'stale', centre: CENTRE }
    },
    question: async (text) => (text === GENUINE ? QUESTION : null),
    async confirm(text) {
      calls.push(`confirm ${text}`)
      return text === GENUINE ? { ...QUESTION, state: 'confirmed' } : null
    },
    coupon: async (tenant, scanned) => (tenant === 'pizzeria' && scanned === CODE ? COUPON : null),
  }
  const serve = createEndpoints({
    tenantOf: () => 'pizzeria',
    onError: (thrown) => failures.push(thrown),
    ...options,
    links: { ...known, ...links },
  })
  const ask = (path: string, init: RequestInit = {}) => serve(new Request(ORIGIN + path, init))
  return { ask, calls, failures }
}

/** What the brother of a page must equal: status, header fields and body. */
export async function wholeOf(response: Response) {
  return { status: response.status, headers: [...response.headers], body: await response.text() }
}
