/** A line of the printed table. */
export interface Line {
  readonly stage: string
  readonly ours: string
  readonly bare: string
  readonly ratio: string
  readonly goal: string
  readonly met: boolean | null
}

const HEAD = ['stage', 'ours', 'bare', 'ratio', 'goal', 'met?']

/** Lines in columns as wide as their widest cell. */
export function tableOf(lines: readonly Line[]): string {
  const rows = [HEAD, ...lines.map(cellsOf)]
  const widths = HEAD.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)))
  const [head = '', ...body] = rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  )
  return [head, '-'.repeat(widths.reduce((sum, width) => sum + width + 2, -2)), ...body].join('\n')
}

function cellsOf({ stage, ours, bare, ratio, goal, met }: Line): readonly string[] {
  return [stage, ours, bare, ratio, goal, met === null ? '' : met ? 'yes' : 'NO']
}

/** A figure with three digits that count: `0.123`, `12.3`, `12,300`. */
export function figure(value: number): string {
  return value.toLocaleString('en', { maximumSignificantDigits: 3 })
}
