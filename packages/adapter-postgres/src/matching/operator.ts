import { type Comparison, OPPOSITE } from '@campaignkit/core/adapter'
import { type Fragment, raw } from '../sql.js'

/** A comparison of SQL, or its opposite. */
export function operatorOf(op: Comparison, wanted: boolean): Fragment {
  const asked = wanted ? op : OPPOSITE[op]
  return raw(asked === '!=' ? '<>' : asked)
}
