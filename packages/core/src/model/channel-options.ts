import * as z from 'zod'
import { currencySchema } from './fields.js'

/** What messages cost, as channels take it from their hosts: minor units of a currency (ISO 4217) for so many messages. */
export const messagePriceSchema = z.strictObject({
  amountMinor: z.int().min(0),
  per: z.int().min(1),
  currency: currencySchema,
})

/** A name for a provider account, as channels take it from their hosts. */
export const accountNameSchema = z
  .string()
  .regex(/^[\w.:-]{1,128}$/, 'expected 1 to 128 letters, digits and . : _ -')
