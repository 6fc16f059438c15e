import { createSeededRandom, type SeededRandom } from '@campaignkit/core/testing'

/** One line of the list that the demo makes up. */
interface Person {
  readonly id: string
  readonly firstName: string
  readonly lastName: string
  readonly email: string
  readonly phone: string
  readonly tags: string
  readonly lastOrder: string
  readonly orders: number
  readonly spent: string
  readonly city: string
  readonly allowed: 'yes' | 'no'
}

/** A list of customers as a shop would export it, and what the shop knows beside it. */
export interface MadeUpList {
  /** The file, header and all. */
  readonly csv: string
  /** Customers who had allowed offers and took that back. */
  readonly refusedSince: readonly string[]
  /** Addresses and numbers that an earlier provider reported as dead, those of a person together. */
  readonly deadAddresses: readonly { readonly email: string; readonly phone: string }[]
}

const DAY_MS = 86_400_000

/** Shares of the people in the list. */
const SHARES = {
  lapsed: 0.93,
  pizzaLover: 0.97,
  allowed: 0.87,
  withoutAddress: 0.012,
  sharedAddress: 0.01,
  refusedSince: 0.008,
  deadAddress: 0.007,
  slowServer: 0.02,
}

/** Share of the addresses whose mailbox was closed, which nobody knows before a message is refused there. */
export const CLOSED_MAILBOXES = 0.01

const FIRST_NAMES = [
  'Ada',
  'Bruno',
  'Chiara',
  'Dmitri',
  'Eleni',
  'Farid',
  'Inès',
  'Jürgen',
  'Łukasz',
  'Noor',
  'Oğuz',
  'Zoë',
]
const LAST_NAMES = [
  'Rossi',
  'Müller',
  'O’Brien',
  'García',
  'Nowak',
  'Øster',
  'Dubois',
  'Yılmaz',
  'Smith, Jr.',
  'Bianchi',
]
const CITIES = ['Roma', 'Milano', 'Napoli', 'Torino', 'Bologna']

/**
 * Makes up a list: most have not ordered for half a year, some never allowed offers, some share an address, a few
 * have none, and three lines are broken.
 *
 * @param asOf - the day on which the list is written, in epoch milliseconds
 */
export function makeUpList(seed: number, customers: number, asOf: number): MadeUpList {
  const random = createSeededRandom(`people ${seed}`)
  const people: Person[] = []
  const refusedSince: string[] = []
  const deadAddresses: MadeUpList['deadAddresses'][number][] = []
  for (let number = 1; number <= customers; number += 1) {
    const person = makeUpPerson(random, number, asOf, people)
    people.push(person)
    if (random.uniform() < SHARES.refusedSince) refusedSince.push(person.id)
    if (random.uniform() < SHARES.deadAddress && person.email !== '')
      deadAddresses.push({ email: person.email, phone: person.phone })
  }
  const lines = [HEADER.join(','), ...people.map(lineOf), ...BROKEN_LINES]
  return { csv: `${lines.join('\n')}\n`, refusedSince, deadAddresses }
}

function makeUpPerson(random: SeededRandom, number: number, asOf: number, before: readonly Person[]): Person {
  const lapsed = random.uniform() < SHARES.lapsed
  const days = lapsed ? 181 + random.uniform() * 500 : random.uniform() * 170
  const orders = 1 + Math.floor(random.uniform() ** 2 * 12)
  const likesPizza = random.uniform() < SHARES.pizzaLover
  const names = { firstName: pick(random, FIRST_NAMES), lastName: pick(random, LAST_NAMES) }
  const email = addressOf(random, number, before)
  return {
    id: `c-${String(number).padStart(6, '0')}`,
    ...names,
    email,
    phone: phoneOf(email),
    tags: likesPizza ? 'Pizza-Lover;newsletter' : 'newsletter',
    lastOrder: new Date(asOf - days * DAY_MS).toISOString().slice(0, 10),
    orders,
    spent: (orders * (9 + random.uniform() * 25)).toFixed(2),
    city: pick(random, CITIES),
    allowed: random.uniform() < SHARES.allowed ? 'yes' : 'no',
  }
}

function addressOf(random: SeededRandom, number: number, before: readonly Person[]): string {
  const chance = random.uniform()
  if (chance < SHARES.withoutAddress) return ''
  const host = random.uniform()
  if (chance < SHARES.withoutAddress + SHARES.sharedAddress) {
    return before[Math.floor(random.uniform() * before.length)]?.email.toUpperCase() ?? ''
  }
  if (host < CLOSED_MAILBOXES) return `person${number}@${CLOSED_HOST}`
  return `person${number}@${host < CLOSED_MAILBOXES + SHARES.slowServer ? SLOW_HOST : 'mail.example'}`
}

/** The number of whoever reads an address: as dead as the mailbox, and shared where that is. */
function phoneOf(email: string): string {
  const [, number] = /^person(\d+)@/i.exec(email) ?? []
  if (number === undefined) return ''
  return (isClosed(email) ? DEAD_NUMBERS : NUMBERS) + number.padStart(7, '0')
}

const NUMBERS = '+39320'
const DEAD_NUMBERS = '+39329'

const CLOSED_HOST = 'closed.example'
const SLOW_HOST = 'slow.example'

/** Whether nobody reads what is sent to an address or a number: its server refuses it. */
export function isClosed(address: string): boolean {
  return address.toLowerCase().endsWith(`@${CLOSED_HOST}`) || address.startsWith(DEAD_NUMBERS)
}

/** Whether the server of an address refuses the first try, as many do with senders that they do not know. */
export function isSlow(address: string): boolean {
  return address.toLowerCase().endsWith(`@${SLOW_HOST}`)
}

const HEADER = [
  'id',
  'first name',
  'last name',
  'e-mail',
  'phone',
  'tags',
  'last order',
  'orders',
  'spent',
  'city',
  'offers',
]

const BROKEN_LINES = [
  'x-1,Nobody,Nowhere,not an address,,newsletter,2025-01-31,1,10.00,Roma,yes',
  'x-2,Nobody,Nowhere,x2@mail.example,,newsletter,31.02.2025,1,10.00,Roma,yes',
  'x-3,Nobody,Nowhere,x3@mail.example,,newsletter,2025-01-31,1,ten,Roma,yes',
]

function lineOf(person: Person): string {
  const { id, firstName, lastName, email, phone, tags, lastOrder, orders, spent, city, allowed } = person
  return [id, firstName, lastName, email, phone, tags, lastOrder, orders, spent, city, allowed]
    .map(cellOf)
    .join(',')
}

function cellOf(value: string | number): string {
  const text = String(value)
  return text.includes(',') ? `"${text}"` : text
}

function pick(random: SeededRandom, values: readonly string[]): string {
  return values[Math.floor(random.uniform() * values.length)] ?? ''
}
