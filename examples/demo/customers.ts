import { constants, createReadStream } from 'node:fs'
import { access } from 'node:fs/promises'
import {
  all,
  type CampaignInput,
  everyone,
  type ImportOptions,
  type ImportOutcome,
  inactiveFor,
  minOrders,
  type TenantKit,
  tag,
} from '@campaignkit/core'
import type { OwnList } from './options.js'
import type { MadeUpList } from './people.js'
import { UsageError } from './usage-error.js'
import type { DemoChannel } from './win-back.js'
import type { Inhabitant } from './world.js'

type Criteria = CampaignInput['audience']

/** What a channel writes to. */
const ADDRESS_OF = { email: 'email', sms: 'phone' } as const

const INVENTED = {
  email: (number: number) => `customer-${number}@mail.example`,
  phone: (number: number) => `+39320${String(number).padStart(7, '0')}`,
}

const LAPSED_DAYS = 180
const PAGE = 1_000

/** A list that lies in the kit, and whom of it the campaign is for. */
export interface Imported {
  readonly outcome: ImportOutcome
  /** The named segment that the campaign is for. */
  readonly target: string
  readonly inhabitants: readonly Inhabitant[]
  /** Addresses that the demo made up for people without one. */
  readonly invented: number
}

/** Imports a made-up list, with the permissions and refusals that the shop knows of. */
export async function importMadeUp(
  kit: TenantKit,
  source: AsyncIterable<Uint8Array> | string,
  list: Omit<MadeUpList, 'csv'>,
  asOf: number,
  channel: DemoChannel,
): Promise<Imported> {
  const outcome = await kit.customers.importCsv(source, {
    map: {
      id: { path: 'id', as: 'text' },
      'first name': { path: 'firstName', as: 'text' },
      'last name': { path: 'lastName', as: 'text' },
      'e-mail': { path: 'email', as: 'text' },
      phone: { path: 'phone', as: 'text' },
      tags: { path: 'tags', as: 'tags' },
      'last order': { path: 'facts.lastOrderAt', as: 'date' },
      orders: { path: 'facts.orderCount', as: 'number' },
      spent: { path: 'facts.totalSpentMinor', as: 'money', currency: 'EUR' },
      city: { path: 'attributes.city', as: 'text' },
    },
    consent: {
      channel,
      topic: 'offers',
      basis: 'sign-up form',
      obtainedAt: asOf - yearsMs(2),
      when: 'offers',
    },
  })
  await kit.consents.record(
    list.refusedSince.map((customerId) => ({
      customerId,
      channel,
      topic: 'offers',
      decision: 'denied',
      basis: 'one-click unsubscribe',
      obtainedAt: asOf - yearsMs(1),
    })),
  )
  await kit.consents.suppress(
    list.deadAddresses.map((dead) => ({ channel, address: dead[ADDRESS_OF[channel]], reason: 'bounced' })),
  )
  const lapsed = all(tag('pizza-lover'), inactiveFor({ days: LAPSED_DAYS }))
  await kit.segments.save({ name: 'lapsed pizza lovers', criteria: lapsed })
  await kit.segments.save({ name: 'regulars', criteria: minOrders(5) })
  return { outcome, target: 'lapsed pizza lovers', inhabitants: await everybody(kit, channel), invented: 0 }
}

/**
 * Imports a list of the user's own. Who has an address counts as having allowed offers, since the messages of the
 * demo end in this process.
 *
 * @throws UsageError when it cannot be read or nobody in it has an address
 */
export async function importOwn(
  kit: TenantKit,
  list: OwnList,
  asOf: number,
  channel: DemoChannel,
): Promise<Imported> {
  const consent = {
    channel,
    topic: 'offers',
    basis: 'demo without real recipients',
    obtainedAt: asOf,
  } as const
  await access(list.file, constants.R_OK).catch(() => {
    throw new UsageError(`--csv ${list.file}: cannot be read`)
  })
  const outcome = await kit.customers.importCsv(createReadStream(list.file), {
    map: list.map,
    consent,
    asOf,
    ...idsOf(list),
  })
  const stored = outcome.rows - outcome.skipped
  if (stored > 0 && outcome.withoutAddress === stored && !list.inventAddresses) {
    throw new UsageError(
      `None of the ${stored} customers has an address of the kind \`${ADDRESS_OF[channel]}\`, so nobody can be written to. Map a column to it, ` +
        'or give --invent-addresses: then each gets one that leads to the mailbox of this demo.',
    )
  }
  const invented = list.inventAddresses ? await inventAddresses(kit, asOf, channel) : 0
  await kit.segments.save({ name: 'target', criteria: await audienceOf(kit, list, channel) })
  return { outcome, target: 'target', inhabitants: await everybody(kit, channel), invented }
}

function idsOf({ id, map }: OwnList): Pick<ImportOptions, 'idFrom'> {
  const isMapped = Object.values(map).some((targets) => [targets].flat().some(({ path }) => path === 'id'))
  if (isMapped) return {}
  return { idFrom: id === null ? { line: true } : { column: id } }
}

async function inventAddresses(kit: TenantKit, obtainedAt: number, channel: DemoChannel): Promise<number> {
  const kind = ADDRESS_OF[channel]
  let number = 0
  let invented = 0
  for await (const page of pages(kit)) {
    const customers = page.flatMap(({ id, addresses }) => {
      number += 1
      return addresses[kind] === undefined ? [{ id, addresses: { [kind]: INVENTED[kind](number) } }] : []
    })
    await kit.customers.upsert(customers)
    await kit.consents.record(
      customers.map(({ id }) => ({
        customerId: id,
        channel,
        topic: 'offers',
        decision: 'granted',
        basis: 'demo without real recipients',
        obtainedAt,
      })),
    )
    invented += customers.length
  }
  return invented
}

/** The rule that was asked for; else the lapsed, and everybody when nobody is known to be. */
async function audienceOf(kit: TenantKit, { segment }: OwnList, channel: DemoChannel): Promise<Criteria> {
  if (segment !== null) return segment
  const lapsed = inactiveFor({ days: LAPSED_DAYS })
  const { matched } = await kit.audiences.reach(lapsed, { channels: [channel] })
  return matched > 0 ? lapsed : everyone()
}

async function everybody(kit: TenantKit, channel: DemoChannel): Promise<readonly Inhabitant[]> {
  const kind = ADDRESS_OF[channel]
  const inhabitants: Inhabitant[] = []
  for await (const page of pages(kit)) {
    for (const { id, addresses } of page) inhabitants.push({ id, address: addresses[kind] ?? null })
  }
  return inhabitants
}

async function* pages(kit: TenantKit) {
  let cursor: string | null = null
  do {
    const page: Awaited<ReturnType<TenantKit['customers']['list']>> = await kit.customers.list({
      cursor,
      limit: PAGE,
    })
    yield page.items
    cursor = page.nextCursor
  } while (cursor !== null)
}

function yearsMs(years: number): number {
  return years * 365 * 86_400_000
}
