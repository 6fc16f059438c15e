import { checkFinite, refuseNumber } from './number-checks.js'

/**
 * The values in ascending order, in a copy.
 *
 * @throws INVALID_INPUT with `path` when there are none, with `path[i]` when one is not finite
 */
export function sortedValues(values: readonly number[], path: string): Float64Array {
  if (values.length === 0) refuseNumber(path, 'expected at least one value')
  values.forEach((value, index) => {
    checkFinite(value, `${path}[${index}]`)
  })
  return Float64Array.from(values).sort()
}
