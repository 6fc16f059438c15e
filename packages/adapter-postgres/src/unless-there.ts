import { brokenConstraint } from './failures.js'
import { type Fragment, raw } from './sql.js'

/**
 * Inserts rows of which any may be there already. Rows that are all new, as nearly always, are inserted without
 * `on conflict`, which looks for each of them in the index before it writes it and takes half as long again.
 *
 * @param constraint - the name of the constraint that tells that a row is there
 * @param insert - runs the statement, a transaction of its own, with `ifThere` at its end
 */
export async function unlessThere<Result>(
  constraint: string,
  insert: (ifThere: Fragment) => Promise<Result>,
): Promise<Result> {
  try {
    return await insert(raw(''))
  } catch (error) {
    if (brokenConstraint(error) !== constraint) throw error
    return insert(raw(`on conflict on constraint ${constraint} do nothing`))
  }
}
