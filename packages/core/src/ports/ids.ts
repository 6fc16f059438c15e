/** Makes ids for new records: unique, sortable by time where possible, without personal data. */
export interface Ids {
  /** @param kind - the record that it is for, such as `campaign`; may become a prefix */
  next(
    kind:
      | 'campaign'
      | 'run'
      | 'delivery'
      | 'attempt'
      | 'redemption'
      | 'journal'
      | 'event'
      | 'worker'
      | 'plan'
      | 'consent',
  ): string
}
