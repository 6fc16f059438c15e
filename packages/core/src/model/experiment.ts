import * as z from 'zod'
import { criteriaSchema } from './criteria-schema.js'
import { storableSchema } from './fields.js'
import { messageOverridesSchema } from './message.js'
import { rule } from './parse.js'
import { externalRulesOf } from './segment.js'
import { OTHER_STRATUM } from './stratum.js'

/** The arm of members who get nothing, so that the effect can be measured. */
export const HOLDOUT = 'holdout'
/** The arm of members who wait for the verdict. */
export const REMAINDER = 'remainder'
/** The arm of what is put in public: in no comparison. */
export const PUBLIC_ARM = 'public'

/** The name of a variant, `holdout`, `remainder` or `public`. */
export type Arm = string

const nameSchema = storableSchema(64)
  .min(1)
  .regex(/^\S(.*\S)?$/, 'must not begin or end with a space')

const variantNameSchema = nameSchema.refine(
  (name) => ![HOLDOUT, REMAINDER, PUBLIC_ARM].includes(name),
  'is the name of a reserved arm',
)

/** A part of the audience within which the arms are exact. */
export const stratumSchema = z
  .strictObject({
    name: nameSchema.refine((name) => name !== OTHER_STRATUM, 'is the name of whoever is in no other'),
    /** Who is in it, if in none that is declared before; it may not ask an external rule. */
    criteria: criteriaSchema,
  })
  .refine(
    ({ criteria }) => externalRulesOf(criteria).length === 0,
    rule('ELIGIBILITY_MISPLACED', 'a stratum cannot ask an external rule', ['criteria']),
  )

export type Stratum = z.output<typeof stratumSchema>

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

/** How the remainder gets its arm, once. */
export const rolloutSchema = z.strictObject({
  /** `automatic` acts on the verdict by itself; `manual` waits for `kit.campaigns.rollOut`. */
  mode: z.enum(['automatic', 'manual']).default('automatic'),
  /**
   * What `automatic` does when the results are in and no variant won: `hold` waits for a person, `best` takes the
   * variant with the highest rate (on a tie the one declared first), or a variant by name. Figures that cannot be
   * trusted, a holdout that did better than the variant, and a variant that did not win because it drives people away
   * always wait for a person; so does `best` where an arm has not the least recipients or conversions.
   */
  ifNoWinner: z
    .union([z.enum(['hold', 'best']), z.strictObject({ variant: variantNameSchema })])
    .default('hold'),
})

export const experimentSchema = z
  .strictObject({
    variants: z.array(variantSchema).min(1).max(50),
    /** Share of the audience that gets nothing: 0 to 0.9, in millionths. */
    holdout: shareSchema.default(0),
    /** Share that waits for the verdict. */
    remainder: shareSchema.default(0),
    /**
     * Parts of the audience in each of which the arms are exact, 1 to 50. A member is in the first whose criteria hold,
     * else in `other`.
     */
    strata: z.array(stratumSchema).min(1).max(50).exactOptional(),
    /** What a member must do to count as converted; an open is never enough. */
    metric: z.enum(['conversion', 'redemption', 'click']).default('conversion'),
    /** How long after a member's due instant a conversion still counts, in days. */
    conversionWindowDays: z.number().positive().max(365).default(14),
    /**
     * The least number of customers in variants and holdout together, where there are two arms to compare: the preflight
     * of a smaller audience is not ready, and a first run with fewer fails when it is frozen. A smaller number, down to
     * 1, is the way to run a small experiment on purpose.
     */
    minContacts: z.int().min(1).max(1_000_000).default(100),
    /** Two-sided error level of the comparison. */
    alpha: z.number().min(0.0001).max(0.5).default(0.05),
    /**
     * Which view of the figures decides: `anytime` holds its error level however often one looks, `fixed` looks once,
     * when the results are in. The other one is shown as information.
     */
    decision: z.enum(['anytime', 'fixed']).default('anytime'),
    /** Members, and conversions, that every compared arm needs before the verdict names a winner. */
    minRecipients: z.int().min(1).max(1_000_000).default(100),
    minConversions: z.int().min(1).max(1_000_000).default(25),
    /** Differences of rates within plus and minus this count as none: 0 to 1, both excluded. Without it nothing is `equivalent`. */
    equivalenceMargin: z.number().gt(0).lt(1).exactOptional(),
    rollout: rolloutSchema.exactOptional(),
  })
  .refine(
    ({ variants }) => new Set(variants.map(({ name }) => name)).size === variants.length,
    rule('EXPERIMENT_INVALID', 'names of variants must differ', ['variants']),
  )
  .refine(
    ({ strata = [] }) => new Set(strata.map(({ name }) => name)).size === strata.length,
    rule('EXPERIMENT_INVALID', 'names of strata must differ', ['strata']),
  )
  .refine(
    ({ holdout, remainder }) => inMillionths(holdout) + inMillionths(remainder) < 1e6,
    rule('EXPERIMENT_INVALID', 'holdout and remainder leave nobody for the variants', ['holdout']),
  )
  .refine(
    ({ remainder, rollout }) => rollout === undefined || remainder > 0,
    rule('EXPERIMENT_INVALID', 'there is no remainder to roll out to', ['rollout']),
  )
  .refine(
    ({ variants, rollout }) =>
      typeof rollout?.ifNoWinner !== 'object' ||
      variants.some(({ name }) => name === (rollout.ifNoWinner as { variant: string }).variant),
    rule('EXPERIMENT_INVALID', 'no variant has this name', ['rollout', 'ifNoWinner', 'variant']),
  )

export type Experiment = z.output<typeof experimentSchema>

/** Whether there is anything to compare: two variants, or one and a holdout. */
export function comparesArms({ variants, holdout }: Experiment): boolean {
  return variants.length > 1 || inMillionths(holdout) > 0
}

/** The single arm of a campaign without an experiment. */
export const SOLE_VARIANT = 'all'
