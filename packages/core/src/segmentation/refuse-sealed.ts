import { CampaignKitError } from '../base/error.js'
import type { Criteria } from '../model/criteria.js'
import { attributePath, type SealablePath } from '../model/sealed.js'
import { partPath } from './part-path.js'
import type { SegmentRules } from './resolve.js'

interface Place {
  readonly node: Criteria
  readonly path: string
  /** Names of the segments whose rules enclose the node, outermost first. */
  readonly via: readonly string[]
}

/**
 * Refuses criteria that read a sealed attribute, themselves or through named segments: nothing is opened to match.
 *
 * @param sealed - the fields that the tenant seals
 * @param segments - rules of the named segments that can be reached; unknown names are passed over
 * @param path - where the criteria stand, as a prefix of the reported path; for what is read inside a segment the path is
 *   that of the reference which leads there, and `details.via` names the segments on the way
 * @throws CRITERIA_SEALED with the path of the first such node
 */
export function refuseSealed(
  criteria: Criteria,
  sealed: readonly SealablePath[],
  segments: SegmentRules,
  path = '',
): void {
  const fields = new Set(sealed)
  const seen = new Set<string>()
  const pending: Place[] = [{ node: criteria, path, via: [] }]
  for (let place = pending.pop(); place !== undefined; place = pending.pop()) {
    const { node } = place
    if (node.type === 'attribute' && fields.has(attributePath(node.name)))
      throw sealedCriteria(place, node.name)
    pending.push(...partsOf(place, segments, seen).reverse())
  }
}

function partsOf({ node, path, via }: Place, segments: SegmentRules, seen: Set<string>): Place[] {
  const below = (index?: number) => (via.length > 0 ? path : partPath(path, index))
  if (node.type === 'not') return [{ node: node.of, path: below(), via }]
  if (node.type === 'all' || node.type === 'any') {
    return node.of.map((part, index) => ({ node: part, path: below(index), via }))
  }
  if (node.type !== 'segment') return []
  const rule = segments.get(node.name)
  if (rule === undefined || seen.has(node.name)) return []
  seen.add(node.name)
  return [{ node: rule, path, via: [...via, node.name] }]
}

function sealedCriteria({ path, via }: Place, attribute: string): CampaignKitError {
  return new CampaignKitError(
    'CRITERIA_SEALED',
    `${path === '' ? 'value' : path}: the attribute ${attribute} is sealed, and criteria cannot read it`,
    { path, details: { attribute, via } },
  )
}
