import * as z from 'zod'
import { wordSchema } from './fields.js'
import { rule } from './parse.js'

/** Slots of an exclusion group: one is a thousandth of the customers. */
export const EXCLUSION_SLOTS = 1_000

/** Slots from `from` up to but not `to`. */
export interface SlotRange {
  /** 0 to 999. */
  readonly from: number
  /** 1 to 1,000. */
  readonly to: number
}

/** A campaign's part of an exclusion group of the tenant: it reaches only customers whose slot is among its own. */
export const exclusionGroupSchema = z.strictObject({
  /** One of the groups that the host names for the tenant. */
  name: wordSchema,
  slots: z
    .strictObject({
      from: z
        .int()
        .min(0)
        .max(EXCLUSION_SLOTS - 1),
      to: z.int().min(1).max(EXCLUSION_SLOTS),
    })
    .refine(({ from, to }) => from < to, rule('INVALID_INPUT', 'ends before it begins', ['to'])),
})

export type ExclusionGroupClaim = z.output<typeof exclusionGroupSchema>

/** Whether two campaigns hold a slot of one group in common. */
export function slotsCollide(one: ExclusionGroupClaim, other: ExclusionGroupClaim): boolean {
  return one.name === other.name && one.slots.from < other.slots.to && other.slots.from < one.slots.to
}
