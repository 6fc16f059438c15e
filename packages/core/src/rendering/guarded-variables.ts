import {
  type Arguments,
  analyzeSync,
  CaseTag,
  IfTag,
  type Template as Piece,
  toValueSync,
  UnlessTag,
  Value,
} from 'liquidjs'
import type { Template } from './template.js'
import { type UsedVariable, usedVariable } from './used-variables.js'

type Argument = Arguments extends Iterable<infer Item> ? Item : never

/** What a variable is asked for as; null for one that a template cannot do without. */
export type NameOfValue = (segments: UsedVariable['segments']) => string | null

/**
 * Tells the uses of variables where the template says what is to be written when there is no value: behind a `default`
 * filter, or in the conditions and branches of an `if`, `unless` or `case` that asks for the value.
 *
 * @param nameOf - two variables of one name are the same value
 */
export function guardedUses(template: Template, nameOf: NameOfValue): (use: UsedVariable) => boolean {
  const places = new Set<string>()
  collectPlaces(template.pieces, new Set(), { nameOf, places })
  return (use) => places.has(placeOf(use))
}

function placeOf({ line, column }: UsedVariable): string {
  return `${line}:${column}`
}

interface Search {
  readonly nameOf: NameOfValue
  readonly places: Set<string>
}

function collectPlaces(pieces: readonly Piece[], asked: ReadonlySet<string>, search: Search): void {
  const { nameOf, places } = search
  for (const piece of pieces) {
    const values = [...(piece.arguments?.() ?? [])]
    const uses = usesIn(piece, values).map((use) => ({ place: placeOf(use), name: nameOf(use.segments) }))
    const names = asksForValues(piece) ? uses.flatMap(({ name }) => name ?? []) : []
    const within = names.every((name) => asked.has(name)) ? asked : new Set([...asked, ...names])
    for (const { place, name } of uses) if (name !== null && within.has(name)) places.add(place)
    for (const use of values.flatMap((value) => usesWithDefault(piece, value))) places.add(placeOf(use))
    collectPlaces(childrenOf(piece), within, search)
  }
}

function asksForValues(piece: Piece): boolean {
  return piece instanceof IfTag || piece instanceof UnlessTag || piece instanceof CaseTag
}

/** What stands before the last `default` of a value: behind it nothing is there to stand in. */
function usesWithDefault(piece: Piece, value: Argument): readonly UsedVariable[] {
  if (!(value instanceof Value)) return []
  const last = value.filters.findLastIndex(({ name }) => name === 'default')
  if (last < 0) return []
  const behind = value.filters
    .slice(last)
    .flatMap(({ args }) =>
      args.flatMap((argument) => (Array.isArray(argument) ? (argument[1] ?? []) : argument)),
    )
  const places = new Set(usesIn(piece, behind).map(placeOf))
  return usesIn(piece, [value]).filter((use) => !places.has(placeOf(use)))
}

function usesIn({ token }: Piece, values: readonly Argument[]): readonly UsedVariable[] {
  const piece: Piece = { token, render: () => undefined, arguments: () => values }
  return Object.values(analyzeSync([piece], { partials: false }).variables)
    .flat()
    .map(usedVariable)
}

function childrenOf(piece: Piece): readonly Piece[] {
  const children: unknown = piece.children === undefined ? [] : toValueSync(piece.children(false, true))
  return Array.isArray(children) ? children : []
}
