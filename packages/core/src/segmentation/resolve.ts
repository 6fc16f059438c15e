import { CampaignKitError } from '../base/error.js'
import { type Criteria, MAX_CRITERIA_DEPTH, MAX_CRITERIA_NODES } from '../model/criteria.js'
import { partPath } from './part-path.js'

/** Rules of named segments by name. */
export type SegmentRules = ReadonlyMap<string, Criteria>

/**
 * Replaces each named segment by its rule, those within the rules too. Rules that are used twice are shared, not copied.
 *
 * @param path - where the criteria stand, as a prefix of reported paths; for what is wrong inside a segment the path
 *   is that of the reference which leads there, and `details.via` names the segments on the way
 * @throws SEGMENT_NOT_FOUND; SEGMENT_CYCLE with the names of the circle in `details.circle`; CRITERIA_TOO_DEEP when
 *   the resolved tree has more than 10,000 nodes, 64 levels, or 64 references in a row; ELIGIBILITY_MISPLACED when a
 *   segment that asks an external rule is not a conjunct at the root
 */
export function resolveSegments(criteria: Criteria, segments: SegmentRules, path = ''): Criteria {
  return resolveNode(criteria, { path, depth: 1, via: [] }, { segments, known: new Map() }).criteria
}

interface Resolved {
  readonly criteria: Criteria
  /** Nodes of the tree, shared ones counted as often as they stand in it. */
  readonly nodes: number
  readonly depth: number
  /** Whether an external rule stands among the conjuncts. */
  readonly asks: boolean
}

interface Place {
  readonly path: string
  readonly depth: number
  /** Names of the segments whose rules enclose the node, outermost first. */
  readonly via: readonly string[]
}

interface Lookup {
  readonly segments: SegmentRules
  readonly known: Map<string, Resolved>
}

function resolveNode(node: Criteria, place: Place, lookup: Lookup): Resolved {
  if (place.depth > MAX_CRITERIA_DEPTH) throw tooLarge(place)
  if (node.type === 'segment') return resolveName(node.name, place, lookup)
  if (node.type === 'all' || node.type === 'any') return resolveBranch(node, place, lookup)
  if (node.type === 'not') {
    const part = resolveNode(node.of, below(place), lookup)
    if (part.asks) throw misplaced(below(place))
    return within(place, {
      criteria: { type: 'not', of: part.criteria },
      nodes: part.nodes + 1,
      depth: part.depth + 1,
      asks: false,
    })
  }
  return { criteria: node, nodes: 1, depth: 1, asks: node.type === 'eligibility' }
}

function resolveBranch(
  node: Extract<Criteria, { type: 'all' | 'any' }>,
  place: Place,
  lookup: Lookup,
): Resolved {
  const of: Criteria[] = []
  let nodes = 1
  let depth = 1
  let asks = false
  for (const [index, inner] of node.of.entries()) {
    const part = resolveNode(inner, below(place, index), lookup)
    if (part.asks && node.type === 'any') throw misplaced(below(place, index))
    of.push(part.criteria)
    nodes += part.nodes
    depth = Math.max(depth, part.depth + 1)
    asks ||= part.asks
  }
  return within(place, { criteria: { type: node.type, of }, nodes, depth, asks })
}

function resolveName(name: string, place: Place, lookup: Lookup): Resolved {
  const known = lookup.known.get(name)
  if (known !== undefined) return within(place, known)
  const via = [...place.via, name]
  const begun = place.via.indexOf(name)
  if (begun >= 0) {
    const circle = via.slice(begun)
    const words = circle.map((each) => JSON.stringify(each)).join(' > ')
    throw new CampaignKitError('SEGMENT_CYCLE', `Named segments refer to each other in a circle: ${words}`, {
      path: place.path,
      details: { circle, via: place.via },
    })
  }
  if (via.length > MAX_CRITERIA_DEPTH) throw tooLarge(place)
  const rule = lookup.segments.get(name)
  if (rule === undefined) {
    throw new CampaignKitError('SEGMENT_NOT_FOUND', `No segment is named ${JSON.stringify(name)}`, {
      path: place.path,
      details: { name, via: place.via },
    })
  }
  const resolved = resolveNode(rule, { ...place, via }, lookup)
  lookup.known.set(name, resolved)
  return resolved
}

/** The resolved tree, refused when it does not fit where it stands. */
function within(place: Place, resolved: Resolved): Resolved {
  if (resolved.nodes > MAX_CRITERIA_NODES || place.depth - 1 + resolved.depth > MAX_CRITERIA_DEPTH)
    throw tooLarge(place)
  return resolved
}

function below(place: Place, index?: number): Place {
  const path = place.via.length > 0 ? place.path : partPath(place.path, index)
  return { ...place, path, depth: place.depth + 1 }
}

function tooLarge({ path, via }: Place): CampaignKitError {
  return new CampaignKitError(
    'CRITERIA_TOO_DEEP',
    'The criteria are too large once their segments are resolved',
    {
      path,
      details: { via },
    },
  )
}

function misplaced({ path, via }: Place): CampaignKitError {
  return new CampaignKitError(
    'ELIGIBILITY_MISPLACED',
    'A segment that asks an external rule must be a conjunct at the root',
    {
      path,
      details: { via },
    },
  )
}
