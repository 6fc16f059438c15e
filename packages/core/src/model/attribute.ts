import * as z from 'zod'
import { storableSchema } from './fields.js'

/** A free attribute: text, number, flag, or a list of texts. */
export type AttributeValue = string | number | boolean | readonly string[]

export const ATTRIBUTE_NAME = /^[\p{L}_][\p{L}\p{N}_-]{0,63}$/u

export const attributeSchema = z.union([
  storableSchema(10_000),
  z.number(),
  z.boolean(),
  z.array(storableSchema(1_000)).max(1_000),
])
