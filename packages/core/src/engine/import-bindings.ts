import { CampaignKitError } from '../base/error.js'
import type { AttributeValue } from '../model/customer.js'
import type { Phone } from '../ports/phone.js'
import { type CellReader, type CellSurroundings, cellReader } from './import-cells.js'
import type { ImportColumns } from './import-columns.js'
import { fieldOf, type ImportPlan, type ImportTarget } from './import-options.js'
import type { RowRefusal } from './import-refusals.js'

/** A customer under way, as the cells of its row say. */
export interface RowDraft {
  readonly fields: Record<string, AttributeValue>
  readonly addresses: Record<string, AttributeValue>
  readonly facts: Record<string, AttributeValue>
  readonly attributes: Record<string, AttributeValue>
  /** Null while no cell has said anything of tags. */
  tags: { readonly tag: string; readonly column: string }[] | null
}

/** One column on its way into one field. */
export interface Binding {
  readonly column: string
  readonly at: number
  readonly field: string
  readonly reason: RowRefusal
  readonly read: CellReader
  write(draft: RowDraft, value: AttributeValue): void
}

/** What rows are read with. */
export interface RowSurroundings extends CellSurroundings {
  readonly phone: Phone
}

/**
 * Joins the mapping to the columns of a file, from left to right.
 *
 * @throws CSV_MALFORMED when a column is missing; TIME_ZONE_UNKNOWN
 */
export function bindingsOf(
  { map, idFrom, phoneRegion }: ImportPlan,
  columns: ImportColumns,
  surroundings: RowSurroundings,
): readonly Binding[] {
  const bound = Object.entries(map).flatMap(([column, targets]) => {
    const at = columns.find(column, `map.${column}`)
    return targets.map((target): Binding => {
      refuseUnknownZone(target, column, surroundings)
      const field = fieldOf(target.path)
      return {
        column,
        at,
        field,
        reason: REFUSAL_OF_FIELD.get(field) ?? REFUSAL_OF_FORM[target.as],
        read: fieldReader(field, phoneRegion ?? null, surroundings) ?? cellReader(target, surroundings),
        write: writerOf(field, column, target),
      }
    })
  })
  if (idFrom !== undefined && 'column' in idFrom) {
    const { column } = idFrom
    const target: ImportTarget = { path: 'id', as: 'text' }
    bound.push({
      column,
      at: columns.find(column, 'idFrom.column'),
      field: 'id',
      reason: 'idInvalid',
      read: cellReader(target, surroundings),
      write: writerOf('id', column, target),
    })
  }
  return bound.sort((left, right) => left.at - right.at)
}

const REFUSAL_OF_FIELD: ReadonlyMap<string, RowRefusal> = new Map([
  ['id', 'idInvalid'],
  ['addresses.email', 'emailInvalid'],
  ['addresses.phone', 'phoneInvalid'],
  ['timeZone', 'timeZoneUnknown'],
  ['locale', 'localeInvalid'],
])

const REFUSAL_OF_FORM = {
  text: 'textInvalid',
  tags: 'tagsInvalid',
  money: 'moneyInvalid',
  date: 'dateInvalid',
  monthsAgo: 'monthsInvalid',
  flag: 'flagInvalid',
  number: 'numberInvalid',
} as const satisfies Readonly<Record<ImportTarget['as'], RowRefusal>>

function refuseUnknownZone(target: ImportTarget, column: string, { calendar }: RowSurroundings): void {
  if (target.as !== 'date' || target.zone === undefined || calendar.isZone(target.zone)) return
  throw new CampaignKitError('TIME_ZONE_UNKNOWN', 'This runtime knows no such IANA time zone', {
    path: `map.${column}.zone`,
  })
}

/** The reader of a field whose texts have a form of their own; null when there is none. */
function fieldReader(
  field: string,
  region: string | null,
  { calendar, phone }: RowSurroundings,
): CellReader | null {
  if (field === 'addresses.phone') return (cell) => phone.toE164(cell, region)
  if (field === 'timeZone') return (cell) => (calendar.isZone(cell) ? cell : null)
  return null
}

function writerOf(field: string, column: string, target: ImportTarget): Binding['write'] {
  if (field === 'tags') return tagWriter(column, target)
  const currency = field === 'facts.totalSpentMinor' && target.as === 'money' ? target.currency : undefined
  const [section, name] = splitField(field)
  return (draft, value) => {
    draft[section][name] = value
    if (currency !== undefined) draft.facts.currency = currency
  }
}

type Section = 'fields' | 'addresses' | 'facts' | 'attributes'

function splitField(field: string): readonly [Section, string] {
  const dot = field.indexOf('.')
  return dot < 0 ? ['fields', field] : [field.slice(0, dot) as Section, field.slice(dot + 1)]
}

function tagWriter(column: string, target: ImportTarget): Binding['write'] {
  const whenTrue = (target.as === 'flag' ? target.tag : undefined) ?? column
  return (draft, value) => {
    draft.tags ??= []
    for (const tag of tagsOf(value, whenTrue)) draft.tags.push({ tag, column })
  }
}

function tagsOf(value: AttributeValue, whenTrue: string): readonly string[] {
  if (typeof value === 'boolean') return value ? [whenTrue] : []
  return typeof value === 'object' ? value : [String(value)]
}
