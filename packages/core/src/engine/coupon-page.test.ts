import { describe, expect, it } from 'vitest'
import type { RedemptionId, TenantId } from '../base/ids.js'
import { DAY_MS } from '../base/time.js'
import { hashOfCode } from '../qr/token.js'
import { asId } from '../testing/as-id.js'
import { SAMPLE_NOW } from '../testing/manual-clock.js'
import { sampleCampaign, sampleEvent, sampleJournalEntry, sampleToken } from '../testing/samples.js'
import { campaign, newHost, scope, stranger } from './link-host.fixture.js'

const handle = 'K7Q2MX-9V3H5T8B'
const code = `${handle}-0123456789ABCDEFGHJKMNPQRS`

describe('the page of a coupon', () => {
  const token = sampleToken({ handle, hash: hashOfCode(code), validFrom: SAMPLE_NOW + DAY_MS })

  async function withCoupon() {
    const all = await newHost()
    await all.storage.coupons.issue(scope, [token])
    return all
  }

  it('shows code, image, reward and dates in the zone of the tenant', async () => {
    const { host } = await withCoupon()
    expect(await host.coupon(scope.tenant, code)).toEqual({
      code,
      svg: expect.stringContaining(`HTTPS://GO.PIZZA.EXAMPLE/Q/${code}`),
      reward: { kind: 'percent', value: 30 },
      terms: null,
      validFrom: token.validFrom,
      expiresAt: token.expiresAt,
      state: 'notYetValid',
      timeZone: 'Europe/Berlin',
    })
  })

  it('shows the terms of its campaign', async () => {
    const { host, storage } = await newHost()
    const coupon = { reward: { kind: 'percent', value: 30 }, terms: 'Not with\nother offers.' } as const
    const other = sampleCampaign({ id: 'with-terms', handle: 'OTHER', content: { coupon } })
    await storage.campaigns.insert(scope, other, sampleJournalEntry({ id: 'journal-terms' }))
    await storage.coupons.issue(scope, [{ ...token, campaignId: other.id }])
    expect(await host.coupon(scope.tenant, code)).toMatchObject({ terms: 'Not with\nother offers.' })
  })

  it('takes the code in small letters, without hyphens, and as its link', async () => {
    const { host } = await withCoupon()
    for (const scanned of [
      code.toLowerCase(),
      code.replaceAll('-', ''),
      `https://go.pizza.example/q/${code}`,
    ]) {
      expect(await host.coupon(scope.tenant, scanned)).toMatchObject({ code })
    }
  })

  it('changes its state at the very instants at which the till does', async () => {
    const { host, clock } = await withCoupon()
    const stateAt = async (instant: number) => {
      await clock.advanceTo(instant)
      return (await host.coupon(scope.tenant, code))?.state
    }
    expect(await stateAt(token.validFrom - 1)).toBe('notYetValid')
    expect(await stateAt(token.validFrom)).toBe('valid')
    const expiresAt = token.expiresAt ?? 0
    expect(await stateAt(expiresAt - 1)).toBe('valid')
    expect(await stateAt(expiresAt)).toBe('expired')
  })

  it('tells that no use is left, also when its time is over since', async () => {
    const { host, storage, clock } = await withCoupon()
    const page = () => host.coupon(scope.tenant, code)
    await clock.advanceTo(token.validFrom)
    const request = {
      handle,
      id: asId<RedemptionId>('r-1'),
      key: 'k',
      at: token.validFrom,
      by: 't',
      amount: null,
    }
    await storage.coupons.redeem(scope, request, () => ({
      event: sampleEvent(),
      entry: sampleJournalEntry({ id: 'journal-9' }),
    }))
    expect(await page()).toMatchObject({ state: 'redeemed' })
    await clock.advanceTo(token.expiresAt ?? 0)
    expect(await page()).toMatchObject({ state: 'redeemed' })
    const back = { event: sampleEvent({ key: 'back' }), entry: sampleJournalEntry({ id: 'journal-10' }) }
    await storage.coupons.reverse(scope, request, clock.now(), () => back)
    expect(await page()).toMatchObject({ state: 'expired' })
  })

  it('tells that the campaign was cancelled before all else', async () => {
    const { host, storage } = await withCoupon()
    await storage.coupons.cancel(scope, campaign.id, SAMPLE_NOW, sampleJournalEntry({ id: 'journal-0' }))
    expect(await host.coupon(scope.tenant, code)).toMatchObject({ state: 'cancelled' })
  })

  it.each([
    ['no code at all', 'pizza'],
    ['an unknown handle', `ZZZZZZ-9V3H5T8B-${code.slice(-26)}`],
    ['a known handle with another secret', `${handle}-${'0'.repeat(26)}`],
    ['a text without end', '0'.repeat(100_000)],
  ])('is null for %s', async (_what, scanned) => {
    const { host } = await withCoupon()
    expect(await host.coupon(scope.tenant, scanned)).toBeNull()
  })

  it('is null for every tenant but its own', async () => {
    const { host } = await withCoupon()
    expect(await host.coupon(stranger.tenant, code)).toBeNull()
    expect(await host.coupon('' as TenantId, code)).toBeNull()
  })
})
