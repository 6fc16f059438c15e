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
  open(letter: LetterText): Promise<void>
  follow(letter: LetterText): Promise<void>
  unsubscribe(letter: LetterText): Promise<void>
  buy(purchase: Purchase): Promise<void>
}

/** What a mail program sends when its own unsubscribe button is pressed (RFC 8058). */
const ONE_CLICK = { 'List-Unsubscribe': 'One-Click' }

/**
 * Opens the doors: the endpoints behind the links, the till, and the shop that tells the kit of each order.
 *
 * @param scanPictures - how many coupons the till reads from their picture; the rest is typed in
 */
export function createDoors(root: CampaignKit, kit: TenantKit, scanPictures: number): Doors {
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
      await visit(openPixel(letter), 200)
      diary.opened += 1
    },
    async follow(letter) {
      await visit(menuLink(letter), 302)
      diary.followed += 1
    },
    async unsubscribe(letter) {
      await visit(unsubscribeLink(letter), 200, { method: 'POST', body: new URLSearchParams(ONE_CLICK) })
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
