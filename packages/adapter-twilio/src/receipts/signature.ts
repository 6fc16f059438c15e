import { createHash, createHmac, timingSafeEqual } from 'node:crypto'
import { parse, stringify } from 'node:querystring'
import { parseUrl } from '@campaignkit/core/adapter'

/** Fields of a form by name, each with the values that it came with. */
export type FormFields = ReadonlyMap<string, readonly string[]>

const NO_FIELDS: FormFields = new Map()

/** The query parameter that carries the digest of a body which is no form. */
export const BODY_DIGEST = 'bodySHA256'

/**
 * The signature that Twilio gives a request: HMAC-SHA1 under the auth token, in base64, over the URL and the fields of the
 * form in the order of their names, each name followed by its value. A field that came with several values counts with
 * each different one, in order.
 */
export function signatureOf(authToken: string, url: string, fields: FormFields = NO_FIELDS): string {
  const signed = [...fields.keys()]
    .sort()
    .reduce((text, name) => text + fieldText(name, fields.get(name) ?? []), url)
  return createHmac('sha1', authToken).update(signed, 'utf8').digest('base64')
}

function fieldText(name: string, values: readonly string[]): string {
  return [...new Set(values)]
    .sort()
    .map((value) => name + value)
    .join('')
}

/** The digest of a body, as it stands in the URL. */
export function bodyDigest(body: Uint8Array): string {
  return createHash('sha256').update(body).digest('hex')
}

/**
 * Whether a request to this URL is signed with one of the tokens. Servers and proxies write one URL in several ways, of
 * which Twilio signed one: with and without the standard port, as it came or as the URL standard writes it, with the
 * query as it came or escaped anew.
 *
 * @param authTokens - any of them will do, so that a token can be changed without losing a request
 */
export function isSigned(
  authTokens: readonly string[],
  signature: string,
  url: string,
  fields: FormFields = NO_FIELDS,
): boolean {
  let matches = false
  for (const candidate of writings(url)) {
    for (const token of authTokens) {
      // all of them, so that the time does not tell which it was
      matches = isSame(signature, signatureOf(token, candidate, fields)) || matches
    }
  }
  return matches
}

/** In constant time; a length that is not that of a signature tells nothing. */
export function isSame(given: string, expected: string): boolean {
  const [left, right] = [Buffer.from(given), Buffer.from(expected)]
  return left.length === right.length && timingSafeEqual(left, right)
}

function writings(url: string): ReadonlySet<string> {
  const normal = parseUrl(url)?.href ?? url
  const plain = [url, normal].flatMap((each) => [withoutPort(each), withPort(each)])
  const escaped = [withoutPort(normal), withPort(normal)].map(withEscapedQuery)
  // the URL standard escapes an apostrophe in the query, which Twilio signs as it is
  const apostrophes = plain.map((each) => each.replaceAll('%27', "'"))
  return new Set([...plain, ...escaped, ...apostrophes])
}

interface UrlParts {
  readonly scheme: string
  readonly user: string
  readonly host: string
  readonly port: string
  readonly rest: string
}

function partsOf(url: string): UrlParts | null {
  const match = /^([a-z][a-z0-9+.-]*:\/\/)([^/?#]*)/i.exec(url)
  const [prefix = '', scheme = '', authority = ''] = match ?? []
  if (match === null) return null
  const userEnd = authority.lastIndexOf('@') + 1
  const hostAndPort = authority.slice(userEnd)
  // behind the bracket of an IPv6 address
  const colon = hostAndPort.indexOf(':', hostAndPort.lastIndexOf(']') + 1)
  const hostEnd = colon < 0 ? hostAndPort.length : colon
  return {
    scheme,
    user: authority.slice(0, userEnd),
    host: hostAndPort.slice(0, hostEnd),
    port: hostAndPort.slice(hostEnd),
    rest: url.slice(prefix.length),
  }
}

function withoutPort(url: string): string {
  const parts = partsOf(url)
  return parts === null ? url : parts.scheme + parts.user + parts.host + parts.rest
}

function withPort(url: string): string {
  const parts = partsOf(url)
  if (parts === null || parts.port !== '') return url
  const port = parts.scheme.toLowerCase() === 'https://' ? ':443' : ':80'
  return parts.scheme + parts.user + parts.host + port + parts.rest
}

function withEscapedQuery(url: string): string {
  const at = url.indexOf('?')
  return at < 0 || at === url.length - 1 ? url : `${url.slice(0, at)}?${stringify(parse(url.slice(at + 1)))}`
}
