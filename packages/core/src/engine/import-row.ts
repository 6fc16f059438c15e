import type { CustomerId } from '../base/ids.js'
import { addressKindOf } from '../model/channel-kind.js'
import type { ConsentRecord } from '../model/consent.js'
import { type CustomerPatch, customerPatchSchema } from '../model/customer.js'
import type { CsvRecord } from '../ports/csv.js'
import { type Binding, bindingsOf, type RowDraft, type RowSurroundings } from './import-bindings.js'
import { readFlag } from './import-cells.js'
import { type ImportColumns, indexColumns } from './import-columns.js'
import type { ImportPlan } from './import-options.js'
import type { RowRefusal } from './import-refusals.js'

/** A row that was not imported. Says where, never what stood there. */
export interface BadRow {
  /** Line on which the row begins; the header is line 1. */
  readonly line: number
  /** The column that is wrong, of several one; null when it is the row as a whole. */
  readonly column: string | null
  readonly reason: RowRefusal
}

/** A row that can be imported. */
export interface GoodRow {
  readonly line: number
  readonly patch: CustomerPatch
  readonly consents: readonly ConsentRecord[]
}

/** Reads one record behind the header. */
export type RowReader = (record: CsvRecord) => GoodRow | BadRow

type Refused = Omit<BadRow, 'line'>

/** Tells the two apart. */
export function isBadRow(row: GoodRow | BadRow): row is BadRow {
  return 'reason' in row
}

/**
 * Prepares the reading of rows under a header.
 *
 * @throws CSV_MALFORMED when a mapped column is missing (`path` names its place in the options) or a name stands
 *   twice in the header; TIME_ZONE_UNKNOWN for the `zone` of a column
 */
export function createRowReader(
  plan: ImportPlan,
  header: readonly string[],
  surroundings: RowSurroundings,
): RowReader {
  const columns = indexColumns(header)
  const bindings = bindingsOf(plan, columns, surroundings)
  const boundTo = new Map(bindings.map((binding) => [binding.field, binding]))
  const readConsents = consentReader(plan, columns)
  const readId = idReader(plan)

  const read = ({ line, fields, isMisquoted }: CsvRecord): GoodRow | Refused => {
    if (isMisquoted === true) return { column: null, reason: 'quoting' }
    if (fields.length !== header.length) return { column: null, reason: 'fieldCount' }
    const draft: RowDraft = { fields: readId(line), addresses: {}, facts: {}, attributes: {}, tags: null }
    const refused = fillDraft(draft, bindings, fields)
    if (refused !== null) return refused
    const { fields: own, tags, ...sections } = draft
    const patch = { ...own, ...sections, ...(tags === null ? {} : { tags: tags.map(({ tag }) => tag) }) }
    const parsed = customerPatchSchema.safeParse(patch)
    if (!parsed.success) return refusalOf(parsed.error.issues[0]?.path ?? [], draft, boundTo)
    const consents = readConsents(parsed.data, fields)
    return 'reason' in consents ? consents : { line, patch: parsed.data, consents }
  }
  return (record) => {
    const row = read(record)
    return 'reason' in row ? { line: record.line, ...row } : row
  }
}

function idReader({ idFrom }: ImportPlan): (line: number) => Record<string, string> {
  if (idFrom === undefined || 'column' in idFrom) return () => ({})
  return (line) => ({ id: `${idFrom.prefix}${line}` })
}

function fillDraft(draft: RowDraft, bindings: readonly Binding[], fields: readonly string[]): Refused | null {
  for (const { at, column, field, reason, read, write } of bindings) {
    const cell = fields[at]?.trim() ?? ''
    if (cell === '') {
      if (field === 'id') return { column, reason: 'idMissing' }
      continue
    }
    const value = read(cell)
    if (value === null) return { column, reason }
    write(draft, value)
  }
  return null
}

/** What the customer's own schema found wrong, said of the column that it came from. */
function refusalOf(
  path: readonly PropertyKey[],
  { tags }: RowDraft,
  boundTo: ReadonlyMap<string, Binding>,
): Refused {
  const [section, name] = path.map(String)
  const binding = boundTo.get(`${section}`) ?? boundTo.get(`${section}.${name}`)
  if (section === 'tags') {
    return { column: tags?.[Number(name)]?.column ?? binding?.column ?? null, reason: 'tagsInvalid' }
  }
  return { column: binding?.column ?? null, reason: binding?.reason ?? 'textInvalid' }
}

/** The consents that a row proves: those of channels for which it holds an address. */
function consentReader(plan: ImportPlan, columns: ImportColumns) {
  const granted = plan.consent.map(({ when, ...consent }, index) => ({
    consent,
    kind: addressKindOf(consent.channel),
    when: when === undefined ? null : { column: when, at: columns.find(when, `consent[${index}].when`) },
  }))
  return (
    { id, addresses }: CustomerPatch,
    fields: readonly string[],
  ): readonly ConsentRecord[] | Refused => {
    const records: ConsentRecord[] = []
    for (const { consent, kind, when } of granted) {
      const given = when === null ? true : flagIn(fields[when.at])
      if (given === null) return { column: when?.column ?? null, reason: 'flagInvalid' }
      const isReachable = kind === 'id' || addresses?.[kind] !== undefined
      if (given && isReachable) records.push(consentOf(id, consent))
    }
    return records
  }
}

/** A flag of which an empty cell is false. */
function flagIn(field: string | undefined): boolean | null {
  const cell = field?.trim() ?? ''
  return cell === '' ? false : readFlag(cell)
}

function consentOf(
  customerId: CustomerId,
  consent: Omit<ConsentRecord, 'customerId' | 'decision'>,
): ConsentRecord {
  return { customerId, decision: 'granted', ...consent }
}
