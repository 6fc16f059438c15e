/**
 * A text for a header or a title: every run of white space, line breaks and control characters becomes one space, so
 * that no name of a customer can begin a header of its own.
 */
export function oneLine(text: string): string {
  return text.replace(/[\s\p{Cc}\u2028\u2029]+/gu, ' ').trim()
}
