import type { CampaignKit, TenantKit } from '@campaignkit/core'
import { createEndpoints } from '@campaignkit/core/endpoints'
import { couponCode, type LetterText, menuLink, openPixel, scanPicture, unsubscribeLink } from './letter.js'
import { TENANT } from './win-back.js'

/** What people did. */
export interface Diary {
  opened: number
  followed: number
  unsubscribed: number
  bought: number
  redeemed: number
  /** Coupons that were shown a second time and refused. */
  refused: number
  /** Of `redeemed`, those read from their picture. */
  scanned: number
}

/** Somebody who buys, and the letter with the coupon if it is at hand. */
export interface Purchase {
  readonly customerId: string
  readonly amountMinor: number
  readonly coupon: LetterText | null
  /** Whether a friend shows the same coupon afterwards. */
  readonly lendsCoupon: boolean
}

/** The ways in which people reach the shop and, through it, the kit. */
export interface Doors {
  readonly diary: Readonly<Diary>
  /** Nobody hears of it where the message has nothing to tell it. */
  open(letter: LetterText): Promise<void>
  /** Likewise. */
  follow(letter: LetterText): Promise<void>
  unsubscribe(letter: LetterText): Promise<void>
  buy(purchase: Purchase): Promise<void>
}

/** What the doors need of the world. */
export interface DoorsOptions {
  /** How somebody answers a text message. */
  answer(from: string, body: string): Promise<void>
  /** How many coupons the till reads from their picture; the rest is typed in. */
  readonly scanPictures: number
}

/** What a mail program sends when its own unsubscribe button is pressed (RFC 8058). */
const ONE_CLICK = { 'List-Unsubscribe': 'One-Click' }

/** Opens the doors: the endpoints behind the links, the till, and the shop that tells the kit of each order. */
export function createDoors(
  root: CampaignKit,
  kit: TenantKit,
  { answer, scanPictures }: DoorsOptions,
): Doors {
  const serve = createEndpoints({ links: root.links, tenantOf: () => TENANT })
  const diary: Diary = {
    opened: 0,
    followed: 0,
    unsubscribed: 0,
    bought: 0,
    redeemed: 0,
    refused: 0,
    scanned: 0,
  }

  async function visit(url: string, expected: number, request: RequestInit = {}): Promise<void> {
    const { status } = await serve(new Request(url, request))
    if (status !== expected) throw new Error(`${url} was answered ${status}`)
  }

  async function showAtTill(letter: LetterText, amountMinor: number, key: string): Promise<void> {
    const { picture } = letter
    const scanned = diary.scanned < scanPictures && picture !== null ? scanPicture(picture) : null
    const amount = { amountMinor, currency: 'EUR' }
    const { outcome } = await kit.coupons.redeem(scanned ?? couponCode(letter), { by: 'till-3', key, amount })
    if (outcome === 'redeemed') diary.redeemed += 1
    else diary.refused += 1
    if (outcome === 'redeemed' && scanned !== null) diary.scanned += 1
  }

  return {
    diary,
    async open(letter) {
      const pixel = openPixel(letter)
      if (pixel === null) return
      await visit(pixel, 200)
      diary.opened += 1
    },
    async follow(letter) {
      const link = menuLink(letter)
      if (link === null) return
      await visit(link, 302)
      diary.followed += 1
    },
    async unsubscribe(letter) {
      const link = unsubscribeLink(letter)
      if (link === null) await answer(letter.to, 'STOP')
      else await visit(link, 200, { method: 'POST', body: new URLSearchParams(ONE_CLICK) })
      diary.unsubscribed += 1
    },
    async buy({ customerId, amountMinor, coupon, lendsCoupon }) {
      if (coupon !== null) await showAtTill(coupon, amountMinor, `receipt ${customerId}`)
      if (coupon !== null && lendsCoupon) await showAtTill(coupon, amountMinor, `friend of ${customerId}`)
      const key = `order ${customerId}`
      await kit.events.track({ key, type: 'conversion', customerId, amountMinor, currency: 'EUR' })
      diary.bought += 1
    },
  }
}
