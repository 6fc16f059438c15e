import * as z from 'zod'
import { CampaignKitError, isCampaignKitError } from '../base/error.js'
import { deepFreeze } from '../base/freeze.js'
import {
  COMPARISONS,
  type Criteria,
  INSTANT_FACTS,
  MAX_CRITERIA_DEPTH,
  MAX_CRITERIA_NODES,
  NUMBER_FACTS,
  segmentNameSchema,
} from './criteria.js'
import { criteriaOfLegacy, isLegacyCriteria, type LegacyCriteria } from './criteria-legacy.js'
import { daysSchema, storableSchema, wordSchema } from './fields.js'
import { checkInput } from './parse.js'
import { someTagsSchema } from './tags.js'

const scalarSchema = z.union([storableSchema(10_000), z.number(), z.boolean()])
const attribute = { type: z.literal('attribute'), name: storableSchema(64).min(1) }
const externalRuleSchema = storableSchema(200).min(1)

const LEAVES = {
  everyone: z.strictObject({ type: z.literal('everyone') }),
  tags: z.strictObject({
    type: z.literal('tags'),
    match: z.enum(['any', 'all', 'none']),
    tags: someTagsSchema,
  }),
  within: z.strictObject({ type: z.literal('within'), fact: z.enum(INSTANT_FACTS), days: daysSchema }),
  inactive: z.strictObject({ type: z.literal('inactive'), days: daysSchema }),
  fact: z.strictObject({
    type: z.literal('fact'),
    fact: z.enum(NUMBER_FACTS),
    op: z.enum(COMPARISONS),
    value: z.number(),
  }),
  conversation: z.strictObject({ type: z.literal('conversation'), status: storableSchema(64).min(1) }),
  known: z.strictObject({
    type: z.literal('known'),
    fact: z.enum([...INSTANT_FACTS, ...NUMBER_FACTS, 'conversationStatus']),
  }),
  attribute: z.discriminatedUnion('op', [
    z.strictObject({ ...attribute, op: z.enum(COMPARISONS), value: scalarSchema }),
    z.strictObject({ ...attribute, op: z.literal('in'), value: z.array(scalarSchema).min(1).max(1_000) }),
    z.strictObject({ ...attribute, op: z.literal('contains'), value: storableSchema(10_000).min(1) }),
    z.strictObject({ ...attribute, op: z.literal('exists') }),
  ]),
  events: z.strictObject({
    type: z.literal('events'),
    event: wordSchema,
    op: z.enum(COMPARISONS),
    count: z.int().min(0),
    withinDays: daysSchema.exactOptional(),
  }),
  segment: z.strictObject({ type: z.literal('segment'), name: segmentNameSchema }),
  eligibility: z.strictObject({ type: z.literal('eligibility'), rule: externalRuleSchema }),
} as const

const KINDS = ['all', 'any', 'not', ...Object.keys(LEAVES)].join(', ')

const branchSchema = z.strictObject({ type: z.enum(['all', 'any']), of: z.array(z.unknown()).min(1) })
const notSchema = z.strictObject({ type: z.literal('not'), of: z.unknown() })

/** What a host may pass as criteria: a tree, `'ALL'`, a comma list of tags, or the older object shape. */
export type CriteriaInput = Criteria | LegacyCriteria | string

/**
 * Reads criteria of the outside into the tree.
 *
 * @param path - where the value stands, as a prefix of reported paths
 * @throws CRITERIA_INVALID (or UNKNOWN_FIELD) with the path of the node, CRITERIA_TOO_DEEP,
 *   ELIGIBILITY_MISPLACED when an external rule stands elsewhere than as a conjunct at the root
 */
export function readCriteria(input: unknown, path = ''): Criteria {
  try {
    if (typeof input === 'string' || isLegacyCriteria(input)) return deepFreeze(criteriaOfLegacy(input, path))
    return deepFreeze(readNode(input, path, { depth: 1, conjunct: true, budget: { nodes: 0 } }))
  } catch (thrown) {
    if (!isCampaignKitError(thrown, 'INVALID_INPUT')) throw thrown
    throw new CampaignKitError('CRITERIA_INVALID', thrown.message, {
      ...(thrown.path === undefined ? {} : { path: thrown.path }),
      details: thrown.details,
    })
  }
}

interface Position {
  readonly depth: number
  /** Whether only `all` nodes stand above. */
  readonly conjunct: boolean
  readonly budget: { nodes: number }
}

function readNode(node: unknown, path: string, at: Position): Criteria {
  at.budget.nodes += 1
  if (at.depth > MAX_CRITERIA_DEPTH || at.budget.nodes > MAX_CRITERIA_NODES) {
    throw new CampaignKitError('CRITERIA_TOO_DEEP', `${path}: too deep or too many nodes`, { path })
  }
  const type = typeof node === 'object' && node !== null && 'type' in node ? node.type : undefined
  const below = { ...at, depth: at.depth + 1 }
  if (type === 'all' || type === 'any') {
    const branch = checkInput(branchSchema, node, path)
    const conjunct = at.conjunct && type === 'all'
    return {
      type,
      of: branch.of.map((part, index) =>
        readNode(part, `${join(path, 'of')}[${index}]`, { ...below, conjunct }),
      ),
    }
  }
  if (type === 'not') {
    const { of } = checkInput(notSchema, node, path)
    return { type, of: readNode(of, join(path, 'of'), { ...below, conjunct: false }) }
  }
  if (typeof type !== 'string' || !Object.hasOwn(LEAVES, type)) {
    const message = `${join(path, 'type')}: not a known kind of node; expected one of ${KINDS}`
    throw new CampaignKitError('CRITERIA_INVALID', message, { path: join(path, 'type') })
  }
  if (type === 'eligibility' && !at.conjunct) {
    throw new CampaignKitError(
      'ELIGIBILITY_MISPLACED',
      `${path}: an external rule must be a conjunct at the root`,
      {
        path,
      },
    )
  }
  return checkInput(LEAVES[type as keyof typeof LEAVES], node, path) as Criteria
}

function join(path: string, field: string): string {
  return path === '' ? field : `${path}.${field}`
}

/** The schema form of {@link readCriteria}, for objects that hold criteria. */
export const criteriaSchema: z.ZodType<Criteria, CriteriaInput> = z
  .custom<CriteriaInput>((value) => value !== undefined && value !== null, 'expected criteria')
  .transform((value, context) => {
    try {
      return readCriteria(value)
    } catch (thrown) {
      if (!isCampaignKitError(thrown)) throw thrown
      const path = thrown.path ?? ''
      context.addIssue({
        code: 'custom',
        // The path is the issue's own; a message that repeated it would name it twice.
        message: thrown.message.slice((path === '' ? 'value' : path).length + 2),
        path: pathSegments(path),
        params: { errorCode: thrown.code },
      })
      return z.NEVER
    }
  })

function pathSegments(path: string): (string | number)[] {
  return [...path.matchAll(/([^.[\]]+)|\[(\d+)\]/g)].map((part) =>
    part[2] === undefined ? (part[1] ?? '') : Number(part[2]),
  )
}
