import { isCampaignKitError } from '@campaignkit/core'
import { describe, expect, it } from 'vitest'
import { createTwilioChannel } from './channel.js'
import { createTwilioReceipts } from './receipts/create-twilio-receipts.js'
import { SENDER, SERVICE } from './sample-text.fixture.js'

const client = { messages: { create: async () => ({ sid: 'SM1' }) } }
const GOOD = { client, kind: 'sms', from: SENDER }

function refusalOf(make: () => unknown): string | null {
  try {
    make()
    return null
  } catch (thrown) {
    return isCampaignKitError(thrown) ? `${thrown.code} ${thrown.path ?? ''}` : String(thrown)
  }
}

describe('the options of the channel', () => {
  it.each([
    [{}],
    [{ from: '12345' }],
    [{ from: 'Pizzeria' }],
    [{ from: undefined, messagingServiceSid: SERVICE }],
    [{ kind: 'whatsapp', lastInboundAt: async () => null }],
    [{ statusCallback: 'http://localhost:3000/twilio?tenant=a', transliterate: true, maxSegments: 3 }],
    [{ price: { amountMinor: 1, per: 100, currency: 'USD' }, accountPace: { limit: 1, periodMs: 1_000 } }],
    [{ client: { messages: Object.assign(() => null, client.messages) } }],
  ])('may be %j', (given) => {
    const { from, ...rest } = { ...GOOD, ...given }
    const options = from === undefined ? rest : { ...rest, from }
    expect(refusalOf(() => createTwilioChannel(options as never))).toBeNull()
  })

  it.each([
    [{ kind: 'fax' }, 'INVALID_INPUT kind'],
    [{ client: {} }, 'INVALID_INPUT client'],
    [{ client: null }, 'INVALID_INPUT client'],
    [{ client: { messages: {} } }, 'INVALID_INPUT client'],
    [{ messagingServiceSid: SERVICE }, 'INVALID_INPUT from'],
    [{ messagingServiceSid: 'MG1' }, 'INVALID_INPUT messagingServiceSid'],
    [{ from: '+0123' }, 'INVALID_INPUT from'],
    [{ from: 'A name that is too long' }, 'INVALID_INPUT from'],
    [{ kind: 'whatsapp', from: 'Pizzeria' }, 'INVALID_INPUT from'],
    [{ kind: 'whatsapp', transliterate: true }, 'INVALID_INPUT transliterate'],
    [{ lastInboundAt: async () => null }, 'INVALID_INPUT lastInboundAt'],
    [{ statusCallback: 'ftp://x' }, 'INVALID_INPUT statusCallback'],
    [{ statusCallback: 'https://x.example/#rc=3' }, 'INVALID_INPUT statusCallback'],
    [{ statusCallback: 'https://my_shop.example/twilio' }, 'INVALID_INPUT statusCallback'],
    [{ maxSegments: 25 }, 'INVALID_INPUT maxSegments'],
    [{ concurrency: 0 }, 'INVALID_INPUT concurrency'],
    [{ timeoutMs: 9 }, 'INVALID_INPUT timeoutMs'],
    [{ price: { amountMinor: 1, per: 1, currency: 'usd' } }, 'INVALID_INPUT price.currency'],
    [{ authToken: 'x' }, 'UNKNOWN_FIELD authToken'],
  ])('must not be %j', (given, refusal) => {
    expect(refusalOf(() => createTwilioChannel({ ...GOOD, ...given } as never))).toBe(refusal)
  })
})

describe('the options of the handler', () => {
  const good = { kit: {}, authTokens: ['a token of the account'] }

  it.each([
    [{ authTokens: [] }, 'INVALID_INPUT authTokens'],
    [{ authTokens: [''] }, 'INVALID_INPUT authTokens[0]'],
    [{ kit: null }, 'INVALID_INPUT kit'],
    [{ publicUrl: 'go.pizza.example' }, 'INVALID_INPUT publicUrl'],
    [{ publicUrl: 'https://go.pizza.example/?a=1' }, 'INVALID_INPUT publicUrl'],
    [{ maxBodyBytes: 1 }, 'INVALID_INPUT maxBodyBytes'],
    [{ onMessage: 'x' }, 'INVALID_INPUT onMessage'],
    [{ secret: 'x' }, 'UNKNOWN_FIELD secret'],
  ])('must not be %j', (given, refusal) => {
    expect(refusalOf(() => createTwilioReceipts({ ...good, ...given } as never))).toBe(refusal)
  })
})
