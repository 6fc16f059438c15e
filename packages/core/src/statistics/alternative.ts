/** What a test looks for: a difference either way, or that `a` is the greater, or that it is the less. */
export type Alternative = 'two-sided' | 'greater' | 'less'

/** The p-value of a statistic whose distribution under the null hypothesis is symmetric about 0. */
export function symmetricPValue(
  statistic: number,
  alternative: Alternative,
  upperTail: (statistic: number) => number,
): number {
  if (alternative === 'two-sided') return Math.min(1, 2 * upperTail(Math.abs(statistic)))
  return upperTail(alternative === 'greater' ? statistic : -statistic)
}
