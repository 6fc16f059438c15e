import type { CouponPage, LinkHost } from '../engine/link-host.js'
import { createPlainQrEncoder } from '../testing/plain-qr-encoder.js'
import { createEndpoints, type EndpointOptions } from './create-endpoints.js'

/** The one text that the links of these tests know. */
export const GENUINE = '2026.payload.signature'
export const CODE = 'K7Q2MX-9V3H5T8B-0123456789ABCDEFGHJKMNPQRS'
export const ORIGIN = 'https://go.pizza.example'

/** A coupon, valid in March 2026. */
export const COUPON: CouponPage = {
  code: CODE,
  svg: createPlainQrEncoder().svg(`${ORIGIN}/Q/${CODE}`.toUpperCase()),
  reward: { kind: 'percent', value: 30 },
  validFrom: Date.UTC(2026, 2, 1, 8),
  expiresAt: Date.UTC(2026, 2, 31, 22),
  state: 'valid',
  timeZone: 'Europe/Berlin',
}

/** Endpoints over links that know one text, with a record of what the links were asked to change. */
export function newEndpoints({ links, ...options }: Partial<EndpointOptions> = {}) {
  const calls: string[] = []
  const failures: unknown[] = []
  const known: LinkHost = {
    leadsTo: (text) => (text === GENUINE ? 'https://pizza.example/menu' : null),
    async follow(text) {
      calls.push(`follow ${text}`)
      return this.leadsTo(text)
    },
    async open(text) {
      calls.push(`open ${text}`)
      return text === GENUINE
    },
    isUnsubscribeLink: (text) => text === GENUINE,
    async unsubscribe(text, basis) {
      calls.push(`unsubscribe ${text}: ${basis}`)
      return text === GENUINE
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
