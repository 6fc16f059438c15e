import { ATTRIBUTE_NAME } from '../model/attribute.js'
import type { ChannelKind } from '../model/channel-kind.js'
import type { MessageParts } from '../model/message.js'
import { guardedUses } from './guarded-variables.js'
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
  /**
   * Whether it is an attribute that nobody has, and the template says what is to stand in its place: the name may be
   * right, and no message is wrong.
   */
  readonly guarded: boolean
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
    preferencesUrl: 'value',
    now: 'value',
    ...(hasCoupon ? { coupon: COUPON, qr: 'value' } : {}),
  }
}

function namesOf(names: readonly string[] | null | undefined): Names {
  return Object.fromEntries((names ?? [ANY_NAME]).map((name) => [name, 'any']))
}

/**
 * The variables of a message that no source supplies, so that a misspelt one is found before launch: at send time it
 * is empty. Variables that a template makes itself (loops, `assign`, `capture`) are known from there on. An attribute that
 * is asked for by `if`, `unless` or `case`, or has a `default`, is marked as guarded wherever it stands so; of a variable that
 * also stands without, that use is told.
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
    const template = compileTemplate(textEngine, source, path)
    const unknown = usedVariables(template).filter(({ segments }) => !isSupplied(shape, segments))
    if (unknown.length === 0) return []
    const isGuarded = guardedUses(template, attributeOf)
    const uses = unknown.map((use) => ({
      path,
      variable: use.name,
      line: use.line,
      guarded: attributeOf(use.segments) !== null && isGuarded(use),
    }))
    return strictestOfEach(uses)
  })
}

/** The name of the attribute that a path can lead to; null for one that leads elsewhere or nowhere, whoever is asked. */
function attributeOf([root, field, ...rest]: UsedVariable['segments']): string | null {
  if (root !== 'customer' || typeof field !== 'string') return null
  const [name, ...inner] = field === 'attributes' ? rest : [field, ...rest]
  if (typeof name !== 'string' || !ATTRIBUTE_NAME.test(name)) return null
  if (field !== 'attributes' && Object.hasOwn(CUSTOMER, name)) return null
  return inner.every(isOfEveryValue) ? name : null
}

function isOfEveryValue(segment: UsedVariable['segments'][number]): boolean {
  return segment === null || typeof segment === 'number' || OF_EVERY_VALUE.includes(segment)
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

type Use = UnknownVariable & { readonly line: number }

/** Each variable once: where it first stands unguarded, else where it first stands. */
function strictestOfEach(uses: readonly Use[]): readonly UnknownVariable[] {
  const byLine = (left: Use, right: Use) => left.line - right.line
  const strictest = new Map<string, Use>()
  for (const use of uses.toSorted(byLine)) {
    const known = strictest.get(use.variable)
    if (known === undefined || (known.guarded && !use.guarded)) strictest.set(use.variable, use)
  }
  return [...strictest.values()].toSorted(byLine)
}
