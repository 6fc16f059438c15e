import * as z from 'zod'
import { currencySchema, daysSchema, instantSchema, textSchema } from './fields.js'

export const rewardSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('percent'), value: z.number().positive().max(100) }),
  z.strictObject({ kind: z.literal('amount'), amountMinor: z.int().positive(), currency: currencySchema }),
  z.strictObject({ kind: z.literal('item'), item: textSchema(200) }),
])

/** What the customer gets at the till. */
export type Reward = z.output<typeof rewardSchema>

export const couponSchema = z
  .strictObject({
    reward: rewardSchema,
    /** Counted from the instant at which the token is drawn. Give this or `validUntil`, not both. */
    validFor: z.strictObject({ days: daysSchema }).exactOptional(),
    validUntil: instantSchema.exactOptional(),
    /** Before this instant a redemption answers `notYetValid`. */
    validFrom: instantSchema.exactOptional(),
    maxRedemptions: z.int().min(1).max(1_000_000).default(1),
    /** Printed beside the code. */
    terms: textSchema(2_000).exactOptional(),
  })
  .refine(({ validFor, validUntil }) => validFor === undefined || validUntil === undefined, {
    message: 'give validFor or validUntil, not both',
    path: ['validUntil'],
  })
  .refine(
    ({ validFrom, validUntil }) =>
      validFrom === undefined || validUntil === undefined || validFrom < validUntil,
    {
      message: 'must lie after validFrom',
      path: ['validUntil'],
    },
  )

export type Coupon = z.output<typeof couponSchema>
