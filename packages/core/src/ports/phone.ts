/** Reads phone numbers as people write them. */
export interface Phone {
  /**
   * E.164 form of a number, or null when it is not a possible one.
   *
   * @param region - ISO 3166 country for numbers without a country code, such as `IT`
   */
  toE164(text: string, region: string | null): string | null
}
