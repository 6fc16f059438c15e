import { isCampaignKitError, perMinute } from '@campaignkit/core/adapter'
import { describe, expect, it } from 'vitest'
import { createSendgridChannel } from './channel.js'
import type { SendgridChannelOptions } from './options.js'
import { parseOptions } from './settings.js'
import { SAMPLE_SCOPE } from './testing/sample-message.js'

const SMTP = { host: 'mail.pizza.example', port: 587 }
const FROM = 'Pizzeria <hi@pizza.example>'
const WEB = { from: FROM, apiKey: 'k', transport: 'web-api' }

function pathOfRefusal(options: unknown): string {
  try {
    createSendgridChannel(options as SendgridChannelOptions)
  } catch (thrown) {
    if (isCampaignKitError(thrown)) return `${thrown.code} ${thrown.path}`
  }
  return 'taken'
}

describe('options', () => {
  it.each([
    [{ from: FROM }, 'INVALID_INPUT apiKey'],
    [{ from: FROM, apiKey: 'k', smtp: SMTP }, 'INVALID_INPUT apiKey'],
    [{ from: FROM, apiKey: 'with space' }, 'INVALID_INPUT apiKey'],
    [{ from: FROM, apiKey: '' }, 'INVALID_INPUT apiKey'],
    [{ apiKey: 'k' }, 'INVALID_INPUT from'],
    [{ from: 'Pizzeria', apiKey: 'k' }, 'INVALID_INPUT from'],
    [{ from: 'jörg@pizza.example', apiKey: 'k' }, 'INVALID_INPUT from'],
    [{ from: 'a@b.example, c@d.example', apiKey: 'k' }, 'INVALID_INPUT from'],
    [{ from: FROM, apiKey: 'k', replyTo: 'nobody' }, 'INVALID_INPUT replyTo'],
    [{ from: FROM, apiKey: 'k', connections: 0 }, 'INVALID_INPUT connections'],
    [
      { from: FROM, apiKey: 'k', price: { amountMinor: 1, per: 0, currency: 'EUR' } },
      'INVALID_INPUT price.per',
    ],
    [
      { from: FROM, apiKey: 'k', price: { amountMinor: 1, per: 1, currency: 'eur' } },
      'INVALID_INPUT price.currency',
    ],
    [{ from: FROM, apiKey: 'k', account: 'a b' }, 'INVALID_INPUT account'],
    [{ from: FROM, apiKey: 'k', sandbox: true }, 'UNKNOWN_FIELD sandbox'],
    [{ from: FROM, apiKey: {} }, 'INVALID_INPUT apiKey'],
    [{ from: FROM, apiKey: { pizzeria: 'a b' } }, 'INVALID_INPUT apiKey.pizzeria'],
    [{ from: FROM, apiKey: { pizzeria: 'k' }, account: 'main' }, 'INVALID_INPUT account'],
    [{ from: FROM, smtp: SMTP, transport: 'web-api' }, 'INVALID_INPUT transport'],
    [{ from: FROM, apiKey: 'k', transport: 'pigeon' }, 'INVALID_INPUT transport'],
    [{ from: FROM, apiKey: 'k', webApi: {} }, 'INVALID_INPUT webApi'],
    [{ ...WEB, webApi: { baseUrl: 'ftp://a.example' } }, 'INVALID_INPUT webApi.baseUrl'],
    [{ ...WEB, webApi: { batchSize: 1_001 } }, 'INVALID_INPUT webApi.batchSize'],
    [{ ...WEB, webApi: { fetch: 'x' } }, 'INVALID_INPUT webApi.fetch'],
    [{ ...WEB, webApi: { sandboxMode: true } }, 'UNKNOWN_FIELD webApi.sandboxMode'],
    [{ ...WEB, providerTracking: { links: true } }, 'UNKNOWN_FIELD providerTracking.links'],
    [{ from: FROM, smtp: { ...SMTP, host: 'a b' } }, 'INVALID_INPUT smtp.host'],
    [{ from: FROM, smtp: { ...SMTP, user: 'u' } }, 'INVALID_INPUT smtp.pass'],
    [{ from: FROM, smtp: { ...SMTP, timeouts: { connectMs: 1 } } }, 'INVALID_INPUT smtp.timeouts.connectMs'],
    [{ from: FROM, smtp: { ...SMTP, pool: true } }, 'UNKNOWN_FIELD smtp.pool'],
  ])('%o are refused: %s', (options, refusal) => {
    expect(pathOfRefusal(options)).toBe(refusal)
  })

  it('never show the key in an error', () => {
    try {
      createSendgridChannel({ apiKey: 'SG secret', from: FROM })
    } catch (thrown) {
      expect(JSON.stringify(thrown)).not.toContain('secret')
    }
    expect.assertions(1)
  })

  it('for SendGrid name its relay, its receipts and their window', () => {
    const { capabilities, serverFor, identity } = parseOptions({ apiKey: 'SG.key', from: FROM })
    expect(serverFor('SG.key')).toMatchObject({
      host: 'smtp.sendgrid.net',
      port: 587,
      secure: false,
      requireTls: true,
      rejectUnauthorized: true,
      credentials: { user: 'apikey', pass: 'SG.key' },
    })
    expect(identity).toMatchObject({ smtpApi: true, replyTo: null })
    expect(capabilities).toMatchObject({
      kind: 'email',
      addressing: 'person',
      reachesPeople: true,
      window: 5,
      batchSize: 1,
      receiptWindowMs: 259_200_000,
      idempotencyKeys: false,
      callTimeoutMs: 240_000,
      maxMessageBytes: 30_000_000,
      price: null,
      accountPace: null,
    })
    expect(capabilities.receipts).toContain('delivered')
  })

  it('for the Web API name batches, and in its sandbox nobody who is reached', () => {
    const over = (webApi: SendgridChannelOptions['webApi'] = {}) =>
      parseOptions({ from: FROM, apiKey: 'k', transport: 'web-api', webApi }).capabilities
    expect(over()).toMatchObject({
      window: 1_000,
      batchSize: 1_000,
      callTimeoutMs: 60_000,
      reachesPeople: true,
      receiptWindowMs: 259_200_000,
    })
    expect(over({ batchSize: 20 })).toMatchObject({ window: 100, batchSize: 20 })
    expect(over({ sandbox: true })).toMatchObject({ reachesPeople: false, receipts: [], receiptWindowMs: 0 })
  })

  it('for another server promise no receipts', () => {
    const { capabilities, serverFor, identity } = parseOptions({
      smtp: { ...SMTP, port: 465 },
      from: FROM,
      replyTo: 'Office <office@pizza.example>',
      accountPace: perMinute(600),
      price: { amountMinor: 10, per: 1_000, currency: 'EUR' },
    })
    expect(capabilities).toMatchObject({ receipts: [], receiptWindowMs: 0, accountPace: { limit: 600 } })
    expect(serverFor('')).toMatchObject({ secure: true, requireTls: false, credentials: null })
    expect(identity).toMatchObject({ smtpApi: false, replyTo: { name: 'Office' } })
  })

  it('give each tenant the account of its key, whatever the transport', () => {
    const accountOf = (options: Partial<SendgridChannelOptions>, tenant: string) =>
      createSendgridChannel({ from: FROM, ...options }).accountOf?.({
        ...SAMPLE_SCOPE,
        tenant,
      } as typeof SAMPLE_SCOPE)
    const apiKey = { pizzeria: 'SG.one', bakery: 'SG.two', cafe: 'SG.one' }
    const [pizzeria, bakery, cafe] = ['pizzeria', 'bakery', 'cafe'].map((tenant) =>
      accountOf({ apiKey }, tenant),
    )
    expect(pizzeria).toBe(cafe)
    expect(pizzeria).not.toBe(bakery)
    expect(accountOf({ apiKey: (tenant) => apiKey[tenant as 'cafe'], transport: 'web-api' }, 'bakery')).toBe(
      bakery,
    )
    expect(createSendgridChannel({ from: FROM, apiKey: 'SG.one' }).capabilities.account).toBe(pizzeria)
    expect(accountOf({ apiKey }, 'toString')).toBe('sendgrid-without-key:toString')
    expect(accountOf({ apiKey: 'SG.one' }, 'pizzeria')).toBeUndefined()
  })

  it('tell accounts apart by a fingerprint that gives nothing away', () => {
    const account = (options: Partial<SendgridChannelOptions>) =>
      parseOptions({ from: FROM, ...options }).capabilities.account
    const accounts = [
      account({ apiKey: 'SG.one' }),
      account({ apiKey: 'SG.two' }),
      account({ smtp: SMTP }),
      account({ smtp: { ...SMTP, user: 'ada', pass: 'x' } }),
      account({ smtp: { ...SMTP, user: 'eve', pass: 'x' } }),
      account({ smtp: SMTP, account: 'main' }),
    ]
    expect(new Set(accounts).size).toBe(6)
    expect(account({ apiKey: 'SG.one' })).toBe(accounts[0])
    expect(account({ smtp: { ...SMTP, user: 'ada', pass: 'changed' } })).toBe(accounts[3])
    expect(accounts.join()).not.toMatch(/SG|ada|eve/)
  })
})
