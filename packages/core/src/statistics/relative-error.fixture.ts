/** How far a figure is from the one expected, relative to that one, or to `scale` where that is larger. */
export function relativeError(got: number | null | undefined, wanted: number, scale = 0): number {
  if (got === wanted) return 0
  return Math.abs(Number(got ?? Number.NaN) - wanted) / Math.max(Math.abs(wanted), scale)
}
