/**
 * A URL as the platform reads it; null for a text that is none. `URL.canParse` is not asked first: on Node 20 and 22 it refuses
 * letters such as ü once it was called some thousand times.
 */
export function parseUrl(text: string): URL | null {
  try {
    return new URL(text)
  } catch {
    return null
  }
}
