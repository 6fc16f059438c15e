/** As `elementAt`, of arrays of doubles alone: a loop over them is several times as fast for not being asked about others. */
export function numberAt(values: Float64Array, index: number): number {
  return values[index] as number
}
