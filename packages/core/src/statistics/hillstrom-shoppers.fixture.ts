import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect } from 'vitest'
import type { Proportion } from './checks.js'
import { relativeError } from './relative-error.fixture.js'

const FILE = fileURLToPath(new URL('../../../../../shared/data/hillstrom.csv', import.meta.url))
/** The file is not part of the project. */
export const IS_ABSENT = !existsSync(FILE)

export const ARMS = ['Mens E-Mail', 'Womens E-Mail', 'No E-Mail']
/** First and second arm, first and third, second and third. */
export const PAIRS = [
  [0, 1],
  [0, 2],
  [1, 2],
] as const
export const CONFIDENCE = { confidence: 0.95 } as const

/** A customer, with what it did in the two weeks after. */
export interface Shopper {
  readonly channel: string
  readonly visit: number
  readonly conversion: number
  /** Dollars. */
  readonly spend: number
  /** Dollars of the year before. */
  readonly history: number
}

/** The customers of each arm. */
export function readArms(): readonly (readonly Shopper[])[] {
  const arms: Shopper[][] = ARMS.map(() => [])
  if (IS_ABSENT) return arms
  for (const line of readFileSync(FILE, 'utf8').trim().split(/\r?\n/).slice(1)) {
    // a quoted cell holds a comma, and nothing that is needed
    const cells = line.replace(/"[^"]*"/, '').split(',')
    const at = (index: number) => Number(cells[index])
    const shopper = {
      channel: cells[7] ?? '',
      visit: at(9),
      conversion: at(10),
      spend: at(11),
      history: at(2),
    }
    arms[ARMS.indexOf(cells[8] ?? '')]?.push(shopper)
  }
  return arms
}

/** How many did it, of all or of those of one channel. */
export function proportionOf(
  shoppers: readonly Shopper[],
  outcome: 'visit' | 'conversion',
  channel?: string,
): Proportion {
  const counted = shoppers.filter((shopper) => channel === undefined || shopper.channel === channel)
  return { successes: counted.reduce((sum, each) => sum + each[outcome], 0), trials: counted.length }
}

/** Expects a figure with so many digits, 12 unless told. */
export function close(got: number | null | undefined, wanted: number | undefined, error = 1e-12): void {
  expect(relativeError(got, wanted ?? Number.NaN), `${got} for ${wanted}`).toBeLessThan(error)
}

/** Expects both ends of an interval. */
export function closeRange(
  got: { readonly low: number | null; readonly high: number | null } | null | undefined,
  wanted: readonly [number, number] | undefined,
  error?: number,
): void {
  close(got?.low, wanted?.[0], error)
  close(got?.high, wanted?.[1], error)
}
