import * as z from 'zod'
import { messageOverridesSchema } from './message.js'
import { rule } from './parse.js'

/** The arm of members who get nothing, so that the effect can be measured. */
export const HOLDOUT = 'holdout'
/** The arm of members who wait for the verdict. */
export const REMAINDER = 'remainder'

/** The name of a variant, `holdout` or `remainder`. */
export type Arm = string

const variantNameSchema = z
  .string()
  .min(1)
  .max(64)
  .regex(/^\S(.*\S)?$/, 'must not begin or end with a space')
  .refine((name) => name !== HOLDOUT && name !== REMAINDER, 'is the name of a reserved arm')

/** A share of the audience as a whole number of millionths. */
export function inMillionths(share: number): number {
  return Math.round(share * 1e6)
}

const shareSchema = z
  .number()
  .min(0)
  .max(0.9)
  .refine((share) => Math.abs(share - inMillionths(share) / 1e6) < 1e-12, 'finer than a millionth')

export const variantSchema = z.strictObject({
  name: variantNameSchema,
  /** Share among the variants, a whole number. */
  weight: z.int().min(1).max(1_000).default(1),
  messages: messageOverridesSchema.exactOptional(),
})

export type Variant = z.output<typeof variantSchema>

export const experimentSchema = z
  .strictObject({
    variants: z.array(variantSchema).min(1).max(50),
    /** Share of the audience that gets nothing: 0 to 0.9, in millionths. */
    holdout: shareSchema.default(0),
    /** Share that waits for the verdict. */
    remainder: shareSchema.default(0),
    /** What a member must do to count as converted; an open is never enough. */
    metric: z.enum(['conversion', 'redemption', 'click']).default('conversion'),
    /** How long after a member's due instant a conversion still counts, in days. */
    conversionWindowDays: z.number().positive().max(365).default(14),
    /** Two-sided error level of the comparison. */
    alpha: z.number().min(0.0001).max(0.5).default(0.05),
  })
  .refine(
    ({ variants }) => new Set(variants.map(({ name }) => name)).size === variants.length,
    rule('EXPERIMENT_INVALID', 'names of variants must differ', ['variants']),
  )
  .refine(
    ({ holdout, remainder }) => inMillionths(holdout) + inMillionths(remainder) < 1e6,
    rule('EXPERIMENT_INVALID', 'holdout and remainder leave nobody for the variants', ['holdout']),
  )

export type Experiment = z.output<typeof experimentSchema>

/** The single arm of a campaign without an experiment. */
export const SOLE_VARIANT = 'all'
