import { type Comparison, type Criteria, OPPOSITE, type Scalar } from '@campaignkit/core/adapter'
import { type Fragment, joined, raw, sql } from '../sql.js'
import type { CustomerSource } from './customer-source.js'

type AttributeCriteria = Extract<Criteria, { type: 'attribute' }>
type Ordering = Exclude<Comparison, '=' | '!='>

/** From so many values on, looking in a list costs less than asking the index for each. */
const MANY_VALUES = 16
/** Of so many digits at most, no two numbers are the same double. */
const SHORT_DIGITS = 15

/** The condition that an attribute passes, or (`wanted` false) that it is there and does not. */
export function attributePredicate(
  leaf: AttributeCriteria,
  wanted: boolean,
  source: CustomerSource,
): Fragment {
  const { name } = leaf
  const value = source.attribute(name)
  switch (leaf.op) {
    case 'exists':
      return sql`${value} is ${raw(wanted ? 'not null' : 'null')}`
    case 'in':
      return wanted ? isOneOf(name, leaf.value, source) : isNoneOf(name, leaf.value, source)
    case 'contains':
      return wanted ? contains(name, leaf.value, source) : sql`not ${containsPart(value, leaf.value)}`
    case '=':
    case '!=':
      return (leaf.op === '=') === wanted
        ? equals(name, leaf.value, source)
        : differs(name, leaf.value, source)
    default:
      return ordered(name, wanted ? leaf.op : opposite(leaf.op), leaf.value, source)
  }
}

function json(value: Scalar): string {
  return JSON.stringify(value)
}

/** A document of one attribute; a name such as `__proto__` is one as well. */
function documentOf(name: string, value: Scalar | readonly Scalar[]): string {
  return JSON.stringify({ [name]: value })
}

function equals(name: string, right: Scalar, source: CustomerSource): Fragment {
  const document = source.document(name)
  const rounded = roundedBeside(name, right, source)
  if (rounded !== null) {
    const isEqual = sql`${rounded} = ${right}::float8`
    // an index of the document knows its names, but of numbers only those that stand there to the last digit
    return document === null ? isEqual : sql`(${document} ? ${name}::text and ${isEqual})`
  }
  if (document === null) return sql`${source.attribute(name)} = ${json(right)}::jsonb`
  return sql`${document} @> ${documentOf(name, right)}::jsonb`
}

/**
 * An attribute as it is rounded to equal a value as in the process; null where it compares as it stands. In a document it is
 * rounded beside long numbers only: a short one is, but for digits that nobody writes, itself, and an index finds it.
 */
function roundedBeside(name: string, value: Scalar, source: CustomerSource): Fragment | null {
  if (typeof value !== 'number') return null
  const isShort = Number(value.toPrecision(SHORT_DIGITS)) === value
  return isShort && source.document(name) !== null ? null : source.number(name)
}

function isOneOf(name: string, values: readonly Scalar[], source: CustomerSource): Fragment {
  const isListed = values.length >= MANY_VALUES || source.document(name) === null
  const ways = isListed
    ? amongLists(name, values, source)
    : values.map((value) => equals(name, value, source))
  return sql`(${joined(ways, ' or ')})`
}

function isNoneOf(name: string, values: readonly Scalar[], source: CustomerSource): Fragment {
  const value = source.attribute(name)
  if (values.every((each) => roundedBeside(name, each, source) === null))
    return sql`${value} <> all(${values.map(json)}::text[]::jsonb[])`
  const ways = amongLists(name, values, source)
  return sql`(${value} is not null and (${joined(ways, ' or ')}) is not true)`
}

function differs(name: string, right: Scalar, source: CustomerSource): Fragment {
  if (roundedBeside(name, right, source) !== null) return isNoneOf(name, [right], source)
  return sql`${source.attribute(name)} <> ${json(right)}::jsonb`
}

/** That an attribute is among values: of numbers, and of all else, where they are compared in two ways. */
function amongLists(name: string, values: readonly Scalar[], source: CustomerSource): readonly Fragment[] {
  const number = source.number(name)
  const asJson = (some: readonly Scalar[]) =>
    sql`${source.attribute(name)} = any(${some.map(json)}::text[]::jsonb[])`
  const doubles = values.filter((value) => roundedBeside(name, value, source) !== null)
  if (number === null || doubles.length === 0) return [asJson(values)]
  const isDouble = sql`${number} = any(${doubles}::float8[])`
  if (doubles.length === values.length) return [isDouble]
  return [asJson(values.filter((value) => !doubles.includes(value))), isDouble]
}

/** Asked of a document, a list that holds the text is found by the index. */
function contains(name: string, part: string, source: CustomerSource): Fragment {
  const document = source.document(name)
  const value = source.attribute(name)
  if (document === null) return containsPart(value, part)
  const isText = source.holdsText(name)
  // last, since it costs the most where no index is asked
  const isPart = isText === null ? isPartOfText(value, part) : sql`${isPartOfText(value, part)} and ${isText}`
  return sql`(${document} @> ${documentOf(name, [part])}::jsonb or ${isPart})`
}

function containsPart(value: Fragment, part: string): Fragment {
  return sql`(${value} ? ${part}::text or ${isPartOfText(value, part)})`
}

/** Texts compare by their bytes, whatever the order of the database. */
function isPartOfText(value: Fragment, part: string): Fragment {
  return sql`(jsonb_typeof(${value}) = 'string' and strpos((${value} #>> '{}') collate "C", ${part}) > 0)`
}

/** Numbers by size, flags with false before true, texts by code points; values of another type are not ordered. */
function ordered(name: string, op: Ordering, right: Scalar, source: CustomerSource): Fragment {
  const value = source.attribute(name)
  if (typeof right === 'string')
    return sql`(jsonb_typeof(${value}) = 'string' and (${value} #>> '{}') collate "C" ${raw(op)} ${right})`
  const number = source.number(name)
  if (typeof right === 'number' && number !== null) return sql`${number} ${raw(op)} ${right}::float8`
  const type = raw(`'${typeof right}'`)
  return sql`(jsonb_typeof(${value}) = ${type} and ${value} ${raw(op)} ${json(right)}::jsonb)`
}

function opposite(op: Ordering): Ordering {
  return OPPOSITE[op] as Ordering
}
