import type { ChannelKind } from '../model/channel-kind.js'
import type { MessageParts } from '../model/message.js'
import { compileTemplate } from './template.js'
import { textEngine } from './template-engine.js'
import { type UsedVariable, usedVariables } from './used-variables.js'

/** What is known of the sources of variables before anybody is chosen. */
export interface KnownVariables {
  readonly hasCoupon: boolean
  /** Names of the attributes that customers have; any when null or absent. */
  readonly attributes?: readonly string[] | null
  /** Keys that the host supplies under `data.`; any when null or absent. */
  readonly dataKeys?: readonly string[] | null
}

/** A variable that nothing supplies. */
export interface UnknownVariable {
  /** The part of the message, such as `messages.email.subject`. */
  readonly path: string
  /** As it is written in the template. */
  readonly variable: string
  readonly line?: number
}

/** `value` ends a path, `any` allows whatever follows. */
type Shape = 'value' | 'any' | Names

interface Names {
  readonly [name: string]: Shape
}

/** Key of a shape under which any name is allowed; no identifier. */
const ANY_NAME = '*'

const OF_EVERY_VALUE: readonly (string | number)[] = ['size', 'first', 'last']

const FACTS: Shape = {
  lastLoginAt: 'value',
  lastOrderAt: 'value',
  orderCount: 'value',
  totalSpentMinor: 'value',
  currency: 'value',
  lastConversationAt: 'value',
  conversationStatus: 'value',
  incompleteTransactions: 'value',
}

const COUPON: Shape = {
  code: 'value',
  link: 'value',
  reward: 'value',
  rewardKind: 'value',
  rewardValue: 'value',
  expiresAt: 'value',
  terms: 'value',
}

const CUSTOMER: Names = {
  id: 'value',
  firstName: 'value',
  lastName: 'value',
  tags: 'any',
  timeZone: 'value',
  locale: 'value',
  facts: FACTS,
}

function shapeOf({ hasCoupon, attributes, dataKeys }: KnownVariables): Shape {
  const named = namesOf(attributes)
  return {
    customer: { ...named, ...CUSTOMER, attributes: named },
    campaign: { id: 'value', name: 'value', type: 'value', metadata: 'any' },
    variant: 'value',
    data: namesOf(dataKeys),
    unsubscribeUrl: 'value',
    now: 'value',
    ...(hasCoupon ? { coupon: COUPON, qr: 'value' } : {}),
  }
}

function namesOf(names: readonly string[] | null | undefined): Names {
  return Object.fromEntries((names ?? [ANY_NAME]).map((name) => [name, 'any']))
}

/**
 * The variables of a message that no source supplies, so that a misspelt one is found before launch: at send time it
 * is empty. Variables that a template makes itself (loops, `assign`, `capture`) are known from there on.
 *
 * @param pathOf - where the text of a part was written
 * @default pathOf `messages.`, the channel and the part
 * @throws TEMPLATE_INVALID
 */
export function unknownVariables(
  channel: ChannelKind,
  parts: MessageParts,
  known: KnownVariables,
  pathOf: (part: string) => string = (part) => `messages.${channel}.${part}`,
): readonly UnknownVariable[] {
  const shape = shapeOf(known)
  return Object.entries(parts).flatMap(([part, source]) => {
    const path = pathOf(part)
    const used = usedVariables(compileTemplate(textEngine, source, path))
    const unknown = used.filter(({ segments }) => !isSupplied(shape, segments))
    return firstOfEach(unknown).map(({ name, line }) => ({ path, variable: name, line }))
  })
}

function isSupplied(shape: Shape, segments: UsedVariable['segments']): boolean {
  const [segment, ...rest] = segments
  if (segment === undefined || segment === null || shape === 'any') return true
  if (shape === 'value') return OF_EVERY_VALUE.includes(segment)
  const inner = innerShape(shape, String(segment))
  return inner !== undefined && isSupplied(inner, rest)
}

function innerShape(shape: Names, name: string): Shape | undefined {
  return Object.hasOwn(shape, name) ? shape[name] : shape[ANY_NAME]
}

function firstOfEach(variables: readonly UsedVariable[]): readonly UsedVariable[] {
  const byLine = variables.toSorted((left, right) => left.line - right.line)
  return [...new Map(byLine.toReversed().map((variable) => [variable.name, variable])).values()].toReversed()
}
