/** Why a row is not imported, with the words for a report. */
export const ROW_REFUSALS = {
  quoting: 'text stands behind the closing quote of a field',
  fieldCount: 'the row has more or fewer fields than the header',
  idMissing: 'the row has no id',
  idInvalid: 'the id is longer than 256 characters or has control characters',
  emailInvalid: 'not one e-mail address without a display name',
  phoneInvalid: 'not a possible phone number, or one without country code while no region was given',
  timeZoneUnknown: 'not an IANA time zone that this runtime knows',
  localeInvalid: 'not a locale such as de or pt-BR',
  textInvalid: 'a text that is too long or not of the form that its field needs',
  tagsInvalid: 'a tag of more than 128 characters, or more than 1,000 tags',
  moneyInvalid: 'not an amount in digits, or not a whole number of minor units',
  dateInvalid: 'not a day or time in ISO 8601 or the format of the column, or one that does not exist',
  monthsInvalid: 'not a number of months from 0 to 1,200',
  flagInvalid: 'neither 1, true, yes, y nor 0, false, no, n',
  numberInvalid: 'not a number in digits, or none that the field takes',
} as const

/** One code of {@link ROW_REFUSALS}. */
export type RowRefusal = keyof typeof ROW_REFUSALS
