import type { CampaignKit, TenantKit } from '@campaignkit/core'
import { createSeededRandom, type ManualClock } from '@campaignkit/core/testing'
import { createDoors, type Diary, type Doors } from './doors.js'
import { customerNumber, type Letter, type LetterText } from './letter.js'

/** How likely a person is to buy within ten days, by what lay in the inbox: the effect that the demo plants. */
export const CHANCE_TO_BUY = { nothing: 0.03, plain: 0.06, emoji: 0.09 }

/** Other things that people do, as shares: those who open; of these who follow the link; and so on. */
const HABITS = { open: 0.4, follow: 0.35, unsubscribe: 0.01, showCoupon: 0.7, lendCoupon: 0.1 }

const HOUR_MS = 3_600_000
const PATIENCE_MS = 240 * HOUR_MS

/** Somebody in the list. */
export interface Inhabitant {
  readonly id: string
  readonly address: string | null
}

/** Where the people of the demo live. */
export interface WorldOptions {
  readonly seed: number
  readonly root: CampaignKit
  readonly kit: TenantKit
  readonly clock: ManualClock
  readonly inhabitants: readonly Inhabitant[]
  readonly letters: readonly Letter[]
  /** How somebody answers a message that has no link to refuse others with. */
  answer(from: string, body: string): Promise<void>
  /** How many coupons the till reads from their picture; the rest is typed in. */
  readonly scanPictures: number
}

/** How one person is made: the same whatever comes into the inbox. */
interface Temper {
  readonly id: string
  /** Buys when this lies below the chance to buy. */
  readonly reluctance: number
  readonly opens: boolean
  readonly follows: boolean
  readonly unsubscribes: boolean
  readonly showsCoupon: boolean
  readonly lendsCoupon: boolean
  readonly spendsMinor: number
  readonly waitsMs: number
}

/** Something that a person does, so long after the last message was sent. */
interface Deed {
  readonly afterMs: number
  happen(): Promise<void>
}

/**
 * Lets people live for ten days: they read their mail, follow links, buy, and show their coupons at the till, all
 * through the doors that real people use. What a person does depends on the seed and on what the inbox holds; who is
 * in which arm the world does not know. People who got nothing buy as well, less often.
 */
export async function liveOn(options: WorldOptions): Promise<Diary> {
  const { seed, root, kit, clock, inhabitants, letters } = options
  const doors = createDoors(root, kit, options)
  const tempers = new Map(inhabitants.map(({ id }) => [id, temperOf(seed, id)]))
  const opened = await readMail(inhabitants, letters, tempers)
  const deeds = [...tempers.values()].flatMap((temper) => deedsOf(doors, temper, opened.get(temper.id)))
  const start = clock.now()
  for (const deed of deeds.sort((left, right) => left.afterMs - right.afterMs)) {
    await clock.advanceTo(start + deed.afterMs)
    await deed.happen()
  }
  return doors.diary
}

function temperOf(seed: number, id: string): Temper {
  const random = createSeededRandom(`temper ${seed} ${id}`)
  return {
    id,
    reluctance: random.uniform(),
    opens: random.uniform() < HABITS.open,
    follows: random.uniform() < HABITS.follow,
    unsubscribes: random.uniform() < HABITS.unsubscribe,
    showsCoupon: random.uniform() < HABITS.showCoupon,
    lendsCoupon: random.uniform() < HABITS.lendCoupon,
    spendsMinor: 1_200 + Math.floor(random.uniform() * 4_000),
    waitsMs: Math.floor(Math.min(-Math.log(1 - random.uniform()) * 40 * HOUR_MS, PATIENCE_MS / 3)),
  }
}

/** Letters by the customer number that stands in them; those about which nobody would do anything stay closed. */
async function readMail(
  inhabitants: readonly Inhabitant[],
  letters: readonly Letter[],
  tempers: ReadonlyMap<string, Temper>,
): Promise<ReadonlyMap<string, LetterText>> {
  const households = householdsOf(inhabitants)
  const opened = new Map<string, LetterText>()
  for (const letter of letters) {
    const readers = (households.get(letter.to.toLowerCase()) ?? []).flatMap((id) => tempers.get(id) ?? [])
    if (!readers.some(caresForMail)) continue
    const text = await letter.read()
    opened.set(customerNumber(text), text)
  }
  return opened
}

/** Who reads what comes to an address: a family may share one. */
function householdsOf(inhabitants: readonly Inhabitant[]): ReadonlyMap<string, readonly string[]> {
  const households = new Map<string, string[]>()
  for (const { id, address: written } of inhabitants) {
    if (written === null) continue
    const address = written.toLowerCase()
    const members = households.get(address)
    if (members === undefined) households.set(address, [id])
    else members.push(id)
  }
  return households
}

function caresForMail({ reluctance, opens }: Temper): boolean {
  return opens || reluctance < Math.max(...Object.values(CHANCE_TO_BUY))
}

function deedsOf(doors: Doors, temper: Temper, letter: LetterText | undefined): readonly Deed[] {
  const purchase = { afterMs: HOUR_MS + temper.waitsMs * 2, happen: () => buy(doors, temper, letter) }
  const purchases = temper.reluctance < chanceToBuy(letter) ? [purchase] : []
  if (letter === undefined || !temper.opens) return purchases
  const openedAfterMs = Math.floor(temper.waitsMs / 4)
  return [
    { afterMs: openedAfterMs, happen: () => doors.open(letter) },
    ...(temper.follows ? [{ afterMs: openedAfterMs + 30_000, happen: () => doors.follow(letter) }] : []),
    ...(temper.unsubscribes
      ? [{ afterMs: openedAfterMs + 60_000, happen: () => doors.unsubscribe(letter) }]
      : []),
    ...purchases,
  ]
}

function chanceToBuy(letter: LetterText | undefined): number {
  if (letter === undefined) return CHANCE_TO_BUY.nothing
  return letter.subject.includes('🍕') ? CHANCE_TO_BUY.emoji : CHANCE_TO_BUY.plain
}

function buy(doors: Doors, temper: Temper, letter: LetterText | undefined): Promise<void> {
  const { id, spendsMinor, showsCoupon, lendsCoupon } = temper
  const coupon = showsCoupon && letter !== undefined ? letter : null
  const amountMinor = coupon === null ? spendsMinor : Math.round(spendsMinor * 0.7)
  return doors.buy({ customerId: id, amountMinor, coupon, lendsCoupon })
}
