import type { ImportOptions } from '@campaignkit/core'
import { UsageError } from './usage-error.js'

/** What becomes of the columns of a list, as `kit.customers.importCsv` takes it. */
export type ColumnMap = ImportOptions['map']

type ColumnTarget = Extract<ColumnMap[string], { readonly path: unknown }>

/** How a column is read when nothing is said, by the field that it fills; text for all others. */
const USUAL_FORM: Readonly<Record<string, string>> = {
  tags: 'tags',
  'facts.lastLoginAt': 'date',
  'facts.lastOrderAt': 'date',
  'facts.lastConversationAt': 'date',
  'facts.orderCount': 'number',
  'facts.totalSpentMinor': 'money',
  'facts.incompleteTransactions': 'number',
}

/**
 * Reads `column=path` or `column=path:as`; the column may hold `=` itself.
 *
 * @throws UsageError when a part is missing; whether path and form exist is for the kit to say
 */
export function parseColumn(text: string): readonly [column: string, target: ColumnTarget] {
  const [, column = '', path = '', form] = /^(.+)=([^=:]+)(?::(\w+))?$/.exec(text.trim()) ?? []
  if (column === '') throw new UsageError(`--map ${text}: expected COLUMN=PATH or COLUMN=PATH:AS`)
  return [column, { path, as: form ?? USUAL_FORM[path] ?? 'text' } as ColumnTarget]
}
