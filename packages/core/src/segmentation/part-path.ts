/** The path of a part of a node: `of` of a `not`, `of[2]` of a branch. */
export function partPath(path: string, index?: number): string {
  const of = path === '' ? 'of' : `${path}.of`
  return index === undefined ? of : `${of}[${index}]`
}
