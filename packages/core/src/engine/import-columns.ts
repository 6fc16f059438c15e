import { CampaignKitError } from '../base/error.js'

/** Where the columns of a file stand. */
export interface ImportColumns {
  /**
   * Position of a column.
   *
   * @param path - where the options name it
   * @throws CSV_MALFORMED when the header has no such column
   */
  find(column: string, path: string): number
}

/**
 * Reads a header. Names are compared without blanks around them, exactly otherwise; columns without a name are left out.
 *
 * @throws CSV_MALFORMED when a name stands twice
 */
export function indexColumns(header: readonly string[]): ImportColumns {
  const positions = new Map<string, number>()
  for (const [at, field] of header.entries()) {
    const column = field.trim()
    const earlier = positions.get(column)
    if (earlier !== undefined && column !== '') {
      // Without the name: in a file that lacks its header it would be somebody's data.
      throw new CampaignKitError('CSV_MALFORMED', `Columns ${earlier + 1} and ${at + 1} have the same name`, {
        details: { reason: 'duplicateColumn', columns: [earlier + 1, at + 1] },
      })
    }
    positions.set(column, at)
  }
  return {
    find(column, path) {
      const at = positions.get(column)
      if (at !== undefined) return at
      throw new CampaignKitError('CSV_MALFORMED', `The header has no column ${JSON.stringify(column)}`, {
        path,
        details: { reason: 'missingColumn', column },
      })
    },
  }
}
