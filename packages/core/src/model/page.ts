import * as z from 'zod'
import { storableSchema } from './fields.js'

/** One page of a listing; `nextCursor` is null on the last. */
export interface Page<Item> {
  readonly items: readonly Item[]
  readonly nextCursor: string | null
}

export const pageRequestSchema = z.strictObject({
  cursor: storableSchema(1_000).nullable().default(null),
  limit: z.int().min(1).max(1_000).default(100),
})

export type PageRequest = z.output<typeof pageRequestSchema>
export type PageRequestInput = z.input<typeof pageRequestSchema>
