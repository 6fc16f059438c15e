import * as fc from 'fast-check'
import twilio from 'twilio'
import { describe, expect, it } from 'vitest'
import { bodyDigest, type FormFields, isSigned, signatureOf } from './signature.js'

const RUNS = process.env.CAMPAIGNKIT_LONG === '1' ? 10_000 : 500
const { getExpectedTwilioSignature, getExpectedBodyHash, validateRequest, validateRequestWithBody } = twilio

const token = fc.string({ minLength: 8, maxLength: 40 })
const word = fc.string({ unit: fc.constantFrom(...'abcXYZ019._~-'), minLength: 1, maxLength: 8 })
const text = fc.oneof(fc.string({ maxLength: 20 }), fc.string({ unit: 'grapheme', maxLength: 20 }))
const fields: fc.Arbitrary<FormFields> = fc
  .array(
    fc.tuple(
      fc.oneof(word, fc.constantFrom('10', '9', '__proto__', 'Body', 'From')),
      fc.array(text, { minLength: 1, maxLength: 3 }),
    ),
    {
      maxLength: 8,
    },
  )
  .map((entries) => new Map(entries))
const url = fc
  .record({
    scheme: fc.constantFrom('https://', 'http://', 'HTTPS://'),
    user: fc.constantFrom('', 'user:pass@'),
    host: fc.constantFrom('go.pizza.example', 'GO.Pizza.Example', '[::1]', '127.0.0.1'),
    port: fc.constantFrom('', ':443', ':80', ':8443'),
    path: fc.constantFrom('', '/', '/twilio', "/a'b/c d", '/ü'),
    query: fc.constantFrom('', '?', '?delivery=d-1', "?a=it's", '?a=b c&b=%20', '?x=%27&y=1+2', '?a&b=&a=2'),
  })
  .map(({ scheme, user, host, port, path, query }) => scheme + user + host + port + path + query)

/** Fields as the package of Twilio takes them. */
const asParams = (given: FormFields) =>
  Object.fromEntries(
    [...given].map(([name, values]) => [name, values.length === 1 ? values[0] : [...values]]),
  )

interface Signed {
  readonly secret: string
  readonly to: string
  readonly given: FormFields
  readonly signature: string
}

const TAMPERED = {
  token: ({ secret }: Signed) => ({ secret: `${secret}x` }),
  url: ({ to }: Signed) => ({ to: to.includes('?') ? `${to}z` : `${to}?z` }),
  value: ({ given }: Signed) => ({ given: new Map([...given, ['Body', ['something that nobody wrote']]]) }),
  signature: ({ signature }: Signed) => ({
    signature: (signature.startsWith('A') ? 'B' : 'A') + signature.slice(1),
  }),
} satisfies Record<string, (signed: Signed) => Partial<Signed>>

describe('signatures', () => {
  it('are those of the package of Twilio', async () => {
    await fc.assert(
      fc.property(token, url, fields, (secret, to, given) => {
        expect(signatureOf(secret, to, given)).toBe(getExpectedTwilioSignature(secret, to, asParams(given)))
      }),
      { numRuns: RUNS, seed: 2_026 },
    )
  })

  it('that the package takes are taken, whichever writing of the URL was signed', async () => {
    const signed = fc.constantFrom('same', 'port', 'noPort', 'normal', 'escaped')
    await fc.assert(
      fc.property(token, url, fields, signed, (secret, to, given, which) => {
        const signature = signatureOf(secret, writtenAs(to, which), given)
        if (!validateRequest(secret, signature, to, asParams(given))) return
        expect(isSigned([secret], signature, to, given)).toBe(true)
      }),
      { numRuns: RUNS, seed: 2_026 },
    )
  })

  it('of another token, URL, field or value are refused, as the package refuses them', async () => {
    const change = fc.constantFrom<keyof typeof TAMPERED>('token', 'url', 'value', 'signature')
    await fc.assert(
      fc.property(token, url, fields, change, (secret, to, given, changed) => {
        const genuine = { secret, to, given, signature: signatureOf(secret, to, given) }
        const {
          secret: key,
          to: claimed,
          given: said,
          signature,
        } = { ...genuine, ...TAMPERED[changed](genuine) }
        expect(isSigned([key], signature, claimed, said)).toBe(false)
        expect(validateRequest(key, signature, claimed, asParams(said))).toBe(false)
      }),
      { numRuns: RUNS, seed: 2_026 },
    )
  })

  it('of JSON bodies are those of the package', async () => {
    await fc.assert(
      fc.property(token, fc.json(), fc.boolean(), (secret, body, isTampered) => {
        const bytes = new TextEncoder().encode(body)
        expect(bodyDigest(bytes)).toBe(getExpectedBodyHash(body))
        const to = `https://go.pizza.example/twilio?bodySHA256=${bodyDigest(bytes)}`
        const signature = signatureOf(secret, to)
        const claimed = isTampered ? `${body} ` : body
        const theirs = validateRequestWithBody(secret, signature, to, claimed)
        const ours =
          isSigned([secret], signature, to) &&
          bodyDigest(new TextEncoder().encode(claimed)) === bodyDigest(bytes)
        expect(ours).toBe(theirs)
      }),
      { numRuns: RUNS, seed: 2_026 },
    )
  })

  it('by an older token are taken as long as it is named', () => {
    const signature = signatureOf('the older token', 'https://go.pizza.example/')
    expect(isSigned(['a new token', 'the older token'], signature, 'https://go.pizza.example/')).toBe(true)
    expect(isSigned(['a new token'], signature, 'https://go.pizza.example/')).toBe(false)
  })

  // the worked example of https://www.twilio.com/docs/usage/webhooks/webhooks-security, and that of Twilio's own libraries
  it.each([
    ['+14158675310', 'GvWf1cFY/Q7PnoempGyD5oXAezc='],
    ['+14158675309', 'RSOYDt4T1cUTdK1PDd93/VVr8B8='],
  ])('come out as in the documentation, of %s', (caller, expected) => {
    const given = {
      CallSid: 'CA1234567890ABCDE',
      Caller: caller,
      Digits: '1234',
      From: caller,
      To: '+18005551212',
    }
    const to = 'https://mycompany.com/myapp.php?foo=1&bar=2'
    const fields = new Map(Object.entries(given).map(([name, value]) => [name, [value]]))
    expect(signatureOf('12345', to, fields)).toBe(expected)
  })
})

function writtenAs(to: string, which: string): string {
  const withoutScheme = /^([a-z]+:\/\/)([^/?#]*)(.*)$/i.exec(to)
  const [, scheme = '', authority = '', rest = ''] = withoutScheme ?? []
  if (which === 'normal') return new URL(to).href
  if (which === 'noPort') return scheme + authority.replace(/:\d+$/, '') + rest
  if (which === 'port' && !/:\d+$/.test(authority))
    return `${scheme}${authority}:${/s:/i.test(scheme) ? 443 : 80}${rest}`
  return to
}
