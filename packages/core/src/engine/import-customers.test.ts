import { createMemoryStorage } from '@campaignkit/adapter-memory'
import { describe, expect, it } from 'vitest'
import { allowAll } from '../access/policy.js'
import { isCampaignKitError } from '../base/error.js'
import type { CustomerId } from '../base/ids.js'
import { DAY_MS } from '../base/time.js'
import { createCalendar } from '../defaults/calendar.js'
import { createCsv } from '../defaults/csv.js'
import { createPhone } from '../defaults/phone.js'
import type { Customer } from '../model/customer.js'
import { createManualClock, SAMPLE_NOW } from '../testing/manual-clock.js'
import { overridden } from '../testing/overridden.js'
import { sampleScope } from '../testing/samples.js'
import { createSequentialIds } from '../testing/sequential-ids.js'
import type { EngineContext } from './context.js'
import {
  type ImportCallOptions,
  type ImportOptions,
  type ImportProgress,
  importCustomers,
} from './import-customers.js'
import type { BadRow } from './import-row.js'
import { sampleSettings } from './settings.fixture.js'

const scope = sampleScope()

/** The parts of the kit that an import works with. */
function newContext(parts: Partial<EngineContext> = {}): EngineContext {
  const context: Partial<EngineContext> = {
    storage: createMemoryStorage(),
    clock: createManualClock(),
    ids: createSequentialIds(),
    csv: createCsv(),
    phone: createPhone(),
    calendar: createCalendar(),
    access: allowAll,
    settings: sampleSettings(),
    ...parts,
  }
  return context as EngineContext
}

async function customersOf(context: EngineContext): Promise<readonly Customer[]> {
  return context.storage.customers.scan(scope, { after: null, limit: 10_000 })
}

async function customerOf(context: EngineContext, id: string): Promise<Customer | undefined> {
  const [customer] = await context.storage.customers.get(scope, [id as CustomerId])
  return customer
}

async function journalOf(context: EngineContext) {
  return (await context.storage.journal.list(scope, {}, { cursor: null, limit: 1_000 })).items
}

/** Imports one text and gives outcome and customers. */
async function imported(text: string, options: ImportOptions, parts: Partial<EngineContext> = {}) {
  const context = newContext(parts)
  const outcome = await importCustomers(context, scope, text, options)
  return { context, outcome, customers: await customersOf(context) }
}

async function refusalOf(
  options: unknown,
  text = 'id,email\n1,ada@mail.example\n',
  parts: Partial<EngineContext> = {},
) {
  const context = newContext(parts)
  const thrown = await importCustomers(context, scope, text, options as ImportOptions).catch(
    (error: unknown) => error,
  )
  if (!isCampaignKitError(thrown)) throw new Error('was not refused', { cause: thrown })
  expect(await customersOf(context)).toEqual([])
  expect(await journalOf(context)).toEqual([])
  return { code: thrown.code, path: thrown.path }
}

const id = { path: 'id', as: 'text' } as const
const email = { path: 'addresses.email', as: 'text' } as const

describe('importing customers from CSV', () => {
  it('takes the bytes of a whole file', async () => {
    const context = newContext()
    const file = Buffer.from('\uFEFFid;mail\r\n1;ada@mail.example\r\n', 'utf16le')
    const outcome = await importCustomers(context, scope, file, { map: { id, mail: email } })
    expect(outcome).toMatchObject({ created: 1, bad: [] })
    expect(await customersOf(context)).toMatchObject([{ id: '1', addresses: { email: 'ada@mail.example' } }])
  })

  it('fills every field of a customer', async () => {
    const text = [
      'no,first,last,mail,tel,token,labels,seen,bought,orders,spent,talked,state,open,zone,lang,size,lucky,glad,since,likes',
      'c-42,Ada,Lovelace,Ada@Mail.Example,06 1234 5678,tok-1,"VIP, New",2026-01-02,2,3,142.44,2026-02-01T10:00Z,open,1,Europe/Rome,it,large,7.5,yes,2020-01-01,figs|nuts',
    ].join('\r\n')
    const { outcome, customers } = await imported(text, {
      map: {
        no: id,
        first: { path: 'firstName', as: 'text' },
        last: { path: 'lastName', as: 'text' },
        mail: { path: 'email', as: 'text' },
        tel: { path: 'phone', as: 'text' },
        token: { path: 'addresses.push', as: 'text' },
        labels: { path: 'tags', as: 'tags' },
        seen: { path: 'facts.lastLoginAt', as: 'date' },
        bought: { path: 'facts.lastOrderAt', as: 'monthsAgo' },
        orders: { path: 'facts.orderCount', as: 'number' },
        spent: { path: 'facts.totalSpentMinor', as: 'money', currency: 'EUR' },
        talked: { path: 'facts.lastConversationAt', as: 'date' },
        state: { path: 'facts.conversationStatus', as: 'text' },
        open: { path: 'facts.incompleteTransactions', as: 'number' },
        zone: { path: 'timeZone', as: 'text' },
        lang: { path: 'locale', as: 'text' },
        size: { path: 'attributes.size', as: 'text' },
        lucky: { path: 'attributes.lucky', as: 'number' },
        glad: { path: 'attributes.glad', as: 'flag' },
        since: { path: 'attributes.since', as: 'date' },
        likes: { path: 'attributes.likes', as: 'tags' },
      },
      phoneRegion: 'IT',
      asOf: '2026-03-01T00:00:00Z',
    })
    expect(customers).toEqual([
      {
        id: 'c-42',
        firstName: 'Ada',
        lastName: 'Lovelace',
        addresses: { email: 'Ada@Mail.Example', phone: '+390612345678', push: 'tok-1' },
        tags: ['new', 'vip'],
        facts: {
          lastLoginAt: Date.UTC(2026, 0, 2),
          lastOrderAt: Date.UTC(2026, 2, 1) - 60.875 * DAY_MS,
          orderCount: 3,
          totalSpentMinor: 14_244,
          currency: 'EUR',
          lastConversationAt: Date.UTC(2026, 1, 1, 10),
          conversationStatus: 'open',
          incompleteTransactions: 1,
        },
        timeZone: 'Europe/Rome',
        locale: 'it',
        attributes: {
          size: 'large',
          lucky: 7.5,
          glad: true,
          since: Date.UTC(2020, 0, 1),
          likes: ['figs', 'nuts'],
        },
      },
    ])
    expect(outcome).toEqual({
      rows: 1,
      created: 1,
      updated: 0,
      skipped: 0,
      withoutAddress: 0,
      consents: 0,
      bad: [],
      badOmitted: 0,
    })
  })

  it('counts months back from now unless told from when', async () => {
    const { customers } = await imported('id,recency\n1,1\n', {
      map: { id, recency: { path: 'facts.lastOrderAt', as: 'monthsAgo' } },
    })
    expect(customers[0]?.facts.lastOrderAt).toBe(SAMPLE_NOW - 30.4375 * DAY_MS)
  })

  it('takes bytes in pieces that cut characters, lines and quotes', async () => {
    const bytes = new TextEncoder().encode('id;name\r\n1;"Zoë\r\n""Z"" 🍕"\r\n')
    async function* pieces() {
      for (const byte of bytes) yield new Uint8Array([byte])
    }
    const context = newContext()
    await importCustomers(context, scope, pieces(), { map: { id, name: { path: 'firstName', as: 'text' } } })
    expect((await customersOf(context)).map(({ firstName }) => firstName)).toEqual(['Zoë\r\n"Z" 🍕'])
  })

  it('takes the encoding and the delimiter that are given', async () => {
    const context = newContext()
    async function* latin() {
      yield new Uint8Array([...'id|name\n1|Zo'].map((letter) => letter.charCodeAt(0)))
      yield new Uint8Array([0xeb, 0x0a])
    }
    await importCustomers(context, scope, latin(), {
      map: { id, name: { path: 'firstName', as: 'text' } },
      format: { encoding: 'windows-1252', delimiter: '|' },
    })
    expect((await customerOf(context, '1'))?.firstName).toBe('Zoë')
  })

  it('reads one column into two fields', async () => {
    const { customers } = await imported('id,shop\n1,Milano\n', {
      map: {
        id,
        shop: [
          { path: 'attributes.shop', as: 'text' },
          { path: 'tags', as: 'text' },
        ],
      },
    })
    expect(customers[0]).toMatchObject({ attributes: { shop: 'Milano' }, tags: ['milano'] })
  })

  it('compares the names of columns without blanks around them, and leaves unnamed ones out', async () => {
    const { outcome, customers } = await imported(' id , email ,,\n1,ada@mail.example,,\n', {
      map: { id, email },
    })
    expect(outcome.created).toBe(1)
    expect(customers[0]?.addresses.email).toBe('ada@mail.example')
  })

  it('does nothing but look at the header of a file without rows', async () => {
    const { outcome, context } = await imported('id,email\n', { map: { id, email } })
    expect(outcome).toMatchObject({ rows: 0, created: 0, bad: [] })
    expect(await journalOf(context)).toEqual([])
  })
})

describe('ids of imported customers', () => {
  it('come from the line on which the row begins', async () => {
    const { customers } = await imported('name\n"two\nlines"\n\nlast\n', {
      map: { name: { path: 'firstName', as: 'text' } },
      idFrom: { line: true },
    })
    expect(customers.map((customer) => [customer.id, customer.firstName])).toEqual([
      ['line-2', 'two\nlines'],
      ['line-5', 'last'],
    ])
  })

  it('take the prefix that is given, also none', async () => {
    const { customers } = await imported('a\n1\n', { map: {}, idFrom: { line: true, prefix: '' } })
    expect(customers.map((customer) => customer.id)).toEqual(['2'])
  })

  it('come from a column that is named for it', async () => {
    const { customers } = await imported('a,b\n1,x\n2,\n', {
      map: { b: { path: 'firstName', as: 'text' } },
      idFrom: { column: 'a' },
    })
    expect(customers.map((customer) => customer.id)).toEqual(['1', '2'])
  })

  it('make a bad row when they are missing, too long or hold control characters', async () => {
    const { outcome, customers } = await imported(
      `no,email\n ,a@b.example\nx\u0007,\n${'y'.repeat(257)},\nok,\n`,
      {
        map: { no: id, email },
      },
    )
    expect(customers.map((customer) => customer.id)).toEqual(['ok'])
    expect(outcome.bad).toEqual([
      { line: 2, column: 'no', reason: 'idMissing' },
      { line: 3, column: 'no', reason: 'idInvalid' },
      { line: 4, column: 'no', reason: 'idInvalid' },
    ])
  })

  it('that stand twice leave the later row, within a batch and across batches', async () => {
    const text = 'id,name,city\n1,Ada,Rome\n1,Bea,\n2,Cid,\n1,Dee,\n'
    for (const batchSize of [1, 2, 10]) {
      const { outcome, customers } = await imported(text, {
        map: { id, name: { path: 'firstName', as: 'text' }, city: { path: 'attributes.city', as: 'text' } },
        batchSize,
      })
      expect(outcome).toMatchObject({ rows: 4, created: 2, updated: 2 })
      expect(customers[0]).toMatchObject({ firstName: 'Dee', attributes: { city: 'Rome' } })
    }
  })
})

describe('importing again', () => {
  it('changes what the row says and keeps what it does not say', async () => {
    const context = newContext()
    const map = {
      id,
      email,
      name: { path: 'firstName', as: 'text' },
      labels: { path: 'tags', as: 'tags' },
    } as const
    await importCustomers(context, scope, 'id,email,name,labels\n1,ada@mail.example,Ada,vip\n', { map })
    const outcome = await importCustomers(context, scope, 'id,email,name,labels\n1,,Bea,\n', { map })
    expect(outcome).toMatchObject({ created: 0, updated: 1, withoutAddress: 1 })
    expect(await customerOf(context, '1')).toMatchObject({
      firstName: 'Bea',
      addresses: { email: 'ada@mail.example' },
      tags: ['vip'],
    })
  })

  it('changes nothing when the file is the same', async () => {
    const context = newContext()
    const options: ImportOptions = {
      map: { id, email },
      consent: { channel: 'email', topic: 'offers', basis: 'form', obtainedAt: SAMPLE_NOW },
    }
    const text = 'id,email\n1,ada@mail.example\n2,\n'
    await importCustomers(context, scope, text, options)
    const before = await customersOf(context)
    expect(await importCustomers(context, scope, text, options)).toMatchObject({ created: 0, updated: 2 })
    expect(await customersOf(context)).toEqual(before)
    expect(await context.storage.consents.history(scope, '1' as CustomerId)).toHaveLength(1)
  })
})

describe('tags of imported customers', () => {
  const map = {
    id,
    mens: { path: 'tags', as: 'flag' },
    w: { path: 'tags', as: 'flag', tag: 'Womens' },
    labels: { path: 'tags', as: 'tags' },
    city: { path: 'tags', as: 'text' },
  } as const

  it('come from several columns together', async () => {
    const { customers } = await imported('id,mens,w,labels,city\n1,1,yes,a;B,New York\n2,0,1,,\n', { map })
    expect(customers.map(({ tags }) => tags)).toEqual([['a', 'b', 'mens', 'new york', 'womens'], ['womens']])
  })

  it('are replaced by a row that says something of tags, be it that there are none', async () => {
    const context = newContext()
    await importCustomers(context, scope, 'id,mens,w,labels,city\n1,1,1,,\n2,1,1,,\n', { map })
    await importCustomers(context, scope, 'id,mens,w,labels,city\n1,0,0,,\n2,,,,\n', { map })
    expect((await customerOf(context, '1'))?.tags).toEqual([])
    expect((await customerOf(context, '2'))?.tags).toEqual(['mens', 'womens'])
  })

  it('make a bad row with the column of the one that is too long', async () => {
    const { outcome } = await imported(`id,mens,w,labels,city\n1,1,1,fine,${'x'.repeat(129)}\n`, { map })
    expect(outcome.bad).toEqual([{ line: 2, column: 'city', reason: 'tagsInvalid' }])
  })

  it('make a bad row when they are more than a thousand', async () => {
    const many = Array.from({ length: 1_001 }, (_, index) => `t${index}`).join('|')
    const { outcome } = await imported(`id,mens,w,labels,city\n1,,,${many},\n`, { map })
    expect(outcome.bad).toMatchObject([{ line: 2, reason: 'tagsInvalid' }])
  })
})

describe('a bad row', () => {
  const map = {
    id,
    email,
    tel: { path: 'phone', as: 'text' },
    zone: { path: 'timeZone', as: 'text' },
    lang: { path: 'locale', as: 'text' },
    spent: { path: 'facts.totalSpentMinor', as: 'money' },
    seen: { path: 'facts.lastLoginAt', as: 'date' },
    recency: { path: 'facts.lastOrderAt', as: 'monthsAgo' },
    orders: { path: 'facts.orderCount', as: 'number' },
    glad: { path: 'attributes.glad', as: 'flag' },
    note: { path: 'attributes.note', as: 'text' },
    likes: { path: 'attributes.likes', as: 'tags' },
    name: { path: 'firstName', as: 'text' },
  } as const
  const columns = Object.keys(map)

  function fileWith(column: string, cell: string): string {
    const bad = columns.map((name) => (name === column ? `"${cell}"` : name === 'id' ? 'bad' : ''))
    const good = columns.map((name) => (name === 'id' ? 'good' : ''))
    return `${columns.join(',')}\n${bad.join(',')}\n${good.join(',')}\n`
  }

  it.each([
    ['email', 'Ada <ada@mail.example>', 'emailInvalid'],
    ['email', 'a@b.example, c@d.example', 'emailInvalid'],
    ['email', 'ada@mail.example\r\nBcc: all@mail.example', 'emailInvalid'],
    ['tel', '12', 'phoneInvalid'],
    ['tel', '06 1234 5678', 'phoneInvalid'],
    ['zone', 'Europe/Atlantis', 'timeZoneUnknown'],
    ['zone', '+01:00', 'timeZoneUnknown'],
    ['lang', 'english', 'localeInvalid'],
    ['spent', '12,50', 'moneyInvalid'],
    ['seen', '2026-02-30', 'dateInvalid'],
    ['recency', '-1', 'monthsInvalid'],
    ['orders', '1.5', 'numberInvalid'],
    ['orders', '-1', 'numberInvalid'],
    ['orders', 'many', 'numberInvalid'],
    ['glad', 'maybe', 'flagInvalid'],
    ['note', 'x'.repeat(10_001), 'textInvalid'],
    ['likes', `figs|${'x'.repeat(1_001)}`, 'tagsInvalid'],
    ['name', 'x'.repeat(201), 'textInvalid'],
  ])(
    'with a wrong %s is left out as a whole and told with line, column and reason (%#)',
    async (column, cell, reason) => {
      const { outcome, customers } = await imported(fileWith(column, cell), { map })
      expect(outcome).toMatchObject({ rows: 2, created: 1, skipped: 1, badOmitted: 0 })
      expect(outcome.bad).toEqual([{ line: 2, column, reason }])
      expect(customers.map((customer) => customer.id)).toEqual(['good'])
      expect(JSON.stringify(outcome)).not.toContain(cell)
    },
  )

  it('has more or fewer fields than the header', async () => {
    const { outcome } = await imported('id,email\n1\n2,b@mail.example,\n3,c@mail.example\n', {
      map: { id, email },
    })
    expect(outcome.bad).toEqual([
      { line: 2, column: null, reason: 'fieldCount' },
      { line: 3, column: null, reason: 'fieldCount' },
    ])
    expect(outcome.created).toBe(1)
  })

  it('has text behind a closing quote, while quotes elsewhere are text', async () => {
    const text = 'id,name\n1,5" pizza\n2,"5 inch" pizza\n3,a "b" c\n"4"4,Zoe\n5,"Ada ""Al"""\n'
    const { outcome, customers } = await imported(text, {
      map: { id, name: { path: 'firstName', as: 'text' } },
    })
    expect(outcome.bad).toEqual([
      { line: 3, column: null, reason: 'quoting' },
      { line: 5, column: null, reason: 'quoting' },
    ])
    expect(customers.map(({ firstName }) => firstName)).toEqual(['5" pizza', 'a "b" c', 'Ada "Al"'])
  })

  it('is told to the caller while the list of the result stays short', async () => {
    const context = newContext()
    const told: BadRow[] = []
    const text = `id,email\n${'x,nobody\n'.repeat(25)}`
    const outcome = await importCustomers(
      context,
      scope,
      text,
      { map: { id, email }, badRowsListed: 3, batchSize: 10 },
      { onBadRow: (row) => void told.push(row) },
    )
    expect(outcome).toMatchObject({ rows: 25, skipped: 25, badOmitted: 22 })
    expect(outcome.bad.map(({ line }) => line)).toEqual([2, 3, 4])
    expect(told.map(({ line }) => line)).toEqual(Array.from({ length: 25 }, (_, index) => index + 2))
    expect(await journalOf(context)).toEqual([])
  })
})

describe('consents of an import', () => {
  const consent = {
    channel: 'email',
    topic: 'offers',
    basis: 'sign-up form',
    obtainedAt: '2026-01-01T00:00:00Z',
  } as const

  it('are granted for each good row with an address for the channel', async () => {
    const { outcome, context } = await imported('id,email\n1,ada@mail.example\n2,\n3,nobody\n', {
      map: { id, email },
      consent: { ...consent, evidence: 'form 7' },
    })
    expect(outcome).toMatchObject({ created: 2, skipped: 1, withoutAddress: 1, consents: 1 })
    const ids = ['1', '2', '3'] as CustomerId[]
    expect(await context.storage.consents.standing(scope, ids)).toEqual([
      {
        customerId: '1',
        channel: 'email',
        topic: 'offers',
        decision: 'granted',
        basis: 'sign-up form',
        obtainedAt: Date.UTC(2026, 0, 1),
        evidence: 'form 7',
      },
    ])
  })

  it('are granted only where the flag of a column says so', async () => {
    const { outcome, context } = await imported(
      'id,email,news\n1,a@mail.example,1\n2,b@mail.example,0\n3,c@mail.example,\n4,d@mail.example,perhaps\n',
      { map: { id, email }, consent: { ...consent, when: 'news' } },
    )
    const standing = await context.storage.consents.standing(scope, ['1', '2', '3', '4'] as CustomerId[])
    expect(standing.map(({ customerId }) => customerId)).toEqual(['1'])
    expect(outcome.bad).toEqual([{ line: 5, column: 'news', reason: 'flagInvalid' }])
    expect(await customerOf(context, '4')).toBeUndefined()
  })

  it('may be several, and need no address where the id is one', async () => {
    const { outcome } = await imported('id,tel\n1,+39 06 1234 5678\n2,\n', {
      map: { id, tel: { path: 'phone', as: 'text' } },
      consent: [
        { ...consent, channel: 'sms' },
        { ...consent, channel: 'in-app', topic: '*' },
      ],
    })
    expect(outcome.consents).toBe(3)
  })

  it('do not overrule a refusal that came later', async () => {
    const context = newContext()
    const denied = {
      ...consent,
      customerId: '1' as CustomerId,
      decision: 'denied',
      obtainedAt: SAMPLE_NOW,
    } as const
    const entry = {
      id: 'j',
      at: 0,
      actor: scope.actor,
      action: 'x',
      subject: { type: 'x', id: 'x' },
      reason: null,
      before: null,
      after: null,
    }
    await context.storage.consents.record(scope, [denied], entry)
    await importCustomers(context, scope, 'id,email\n1,ada@mail.example\n', { map: { id, email }, consent })
    const [standing] = await context.storage.consents.standing(scope, ['1' as CustomerId])
    expect(standing?.decision).toBe('denied')
  })

  it('are asked leave for', async () => {
    const options = { map: { id, email }, consent }
    const access = (_scope: unknown, action: string) => action !== 'consent.write'
    expect(await refusalOf(options, undefined, { access })).toEqual({ code: 'FORBIDDEN', path: undefined })
  })
})

describe('a dry run', () => {
  it('gives the counts of the real one and writes nothing', async () => {
    const text = 'id,email\n1,a@mail.example\n2,\n1,b@mail.example\n3,nobody\n4,d@mail.example\n2,\n'
    const consent = { channel: 'email', topic: 'offers', basis: 'form', obtainedAt: SAMPLE_NOW } as const
    for (const batchSize of [1, 2, 100]) {
      const context = newContext()
      await importCustomers(context, scope, 'id,email\n4,\n', { map: { id, email } })
      const before = [await customersOf(context), await journalOf(context)]
      const options = { map: { id, email }, consent, batchSize }
      const dry = await importCustomers(context, scope, text, { ...options, dryRun: true })
      expect([await customersOf(context), await journalOf(context)]).toEqual(before)
      expect(await context.storage.consents.history(scope, '1' as CustomerId)).toEqual([])
      expect(dry).toMatchObject({ rows: 6, created: 2, updated: 3, skipped: 1 })
      expect(await importCustomers(context, scope, text, options)).toEqual(dry)
    }
  })
})

describe('the journal of an import', () => {
  it('has an entry for customers and one for consents of each batch, without personal data', async () => {
    const { context } = await imported('id,email\nada,ada@mail.example\nbea,\ncid,cid@mail.example\n', {
      map: { id, email },
      consent: { channel: 'email', topic: 'offers', basis: 'form', obtainedAt: SAMPLE_NOW },
      batchSize: 2,
    })
    const entries = await journalOf(context)
    expect(entries.map(({ action, after }) => [action, after])).toEqual([
      ['customers.import', { customers: 2, fromLine: 2, toLine: 3 }],
      ['customers.import', { consents: 1, fromLine: 2, toLine: 3 }],
      ['customers.import', { customers: 1, fromLine: 4, toLine: 4 }],
      ['customers.import', { consents: 1, fromLine: 4, toLine: 4 }],
    ])
    expect(JSON.stringify(entries)).not.toMatch(/ada|bea|cid|mail\.example/)
  })
})

describe('an import under way', () => {
  function endless(): { source: AsyncIterable<string>; pulled: () => number; isClosed: () => boolean } {
    let pulled = 0
    let closed = false
    async function* pieces() {
      try {
        yield 'id,email\n'
        for (;;) {
          pulled += 1
          yield `${pulled},c${pulled}@mail.example\n`
        }
      } finally {
        closed = true
      }
    }
    return { source: pieces(), pulled: () => pulled, isClosed: () => closed }
  }

  it('never reads further ahead than a piece of the reader and a batch', async () => {
    const context = newContext()
    const { source, pulled, isClosed } = endless()
    const ahead: number[] = []
    const abort = new AbortController()
    const onProgress = ({ rows }: ImportProgress) => {
      ahead.push(pulled() - rows)
      if (rows >= 10_000) abort.abort()
    }
    const call: ImportCallOptions = { onProgress, signal: abort.signal }
    const importing = importCustomers(context, scope, source, { map: { id, email }, batchSize: 100 }, call)
    await expect(importing).rejects.toMatchObject({ code: 'ABORTED' })
    // A line has 20 characters at least, and the reader works in pieces of 64 Ki characters, one of them in hand.
    expect(Math.max(...ahead)).toBeLessThan(2 * (65_536 / 20) + 100)
    expect(isClosed()).toBe(true)
  })

  it('stops between batches when it is aborted, keeps what is stored, and completes when run again', async () => {
    const context = newContext()
    const text = `id,email\n${Array.from({ length: 10 }, (_, index) => `${index},c${index}@mail.example\n`).join('')}`
    const abort = new AbortController()
    const options = { map: { id, email }, batchSize: 4 }
    const importing = importCustomers(context, scope, text, options, {
      signal: abort.signal,
      onProgress: () => abort.abort(new Error('enough')),
    })
    await expect(importing).rejects.toMatchObject({ code: 'ABORTED', cause: new Error('enough') })
    expect(await customersOf(context)).toHaveLength(4)
    expect(await importCustomers(context, scope, text, options)).toMatchObject({ created: 6, updated: 4 })
  })

  it('does not begin when it is aborted already', async () => {
    const context = newContext()
    const { source, pulled } = endless()
    const signal = AbortSignal.abort()
    const importing = importCustomers(context, scope, source, { map: { id, email } }, { signal })
    await expect(importing).rejects.toMatchObject({ code: 'ABORTED' })
    expect(pulled()).toBe(0)
  })

  it('tells its progress after each batch', async () => {
    const told: ImportProgress[] = []
    const text = 'id,email\n1,a@mail.example\n2,nobody\n3,\n'
    await importCustomers(
      newContext(),
      scope,
      text,
      { map: { id, email }, batchSize: 2 },
      {
        onProgress: async (progress) => void told.push(progress),
      },
    )
    expect(told).toEqual([
      { rows: 2, created: 1, updated: 0, skipped: 1, withoutAddress: 0, consents: 0 },
      { rows: 3, created: 2, updated: 0, skipped: 1, withoutAddress: 1, consents: 0 },
    ])
  })

  it('keeps whole batches when the file breaks off, and says where', async () => {
    const context = newContext()
    const text = `id,email\n${'1,\n2,\n'}3,"never closed\n`
    const importing = importCustomers(context, scope, text, { map: { id, email }, batchSize: 1 })
    await expect(importing).rejects.toMatchObject({
      code: 'CSV_MALFORMED',
      details: { reason: 'quoting', line: 4 },
    })
    expect((await customersOf(context)).map((customer) => customer.id)).toEqual(['1', '2'])
  })

  it.each<[string, string | Uint8Array, Record<string, unknown>]>([
    ['an open quote', '4,"never closed\n5,\n', { reason: 'quoting', line: 6 }],
    ['a NUL', '4,\0', { reason: 'nul' }],
    ['a line without end', `4,${'x'.repeat(1_100_000)}\n`, { reason: 'recordTooLong', line: 6 }],
    ['another encoding', Buffer.from('4,\xe9\n', 'latin1'), { reason: 'encoding', encoding: 'utf-8' }],
  ])(
    'says what it has stored when it is broken off by %s, without personal data',
    async (_what, tail, where) => {
      const head = 'id,email\n1,ada@mail.example\n1,ada@mail.example\n2,not-an-address\n3,bob@mail.example\n'
      const source = Buffer.concat([Buffer.from(head), Buffer.from(tail)])
      const context = newContext()
      const options: ImportOptions = { map: { id, email }, batchSize: 3, format: { encoding: 'utf-8' } }
      const failure: unknown = await importCustomers(context, scope, source, options).catch(
        (thrown: unknown) => thrown,
      )
      if (!isCampaignKitError(failure, 'CSV_MALFORMED'))
        throw new Error('was not refused', { cause: failure })
      expect(failure.details).toMatchObject({
        ...where,
        ...{ rows: 3, created: 1, updated: 1, skipped: 1, withoutAddress: 0, consents: 0 },
      })
      expect(await customersOf(context)).toHaveLength(1)
      expect(JSON.stringify(failure)).not.toMatch(/ada|bob|not-an/)
    },
  )

  it('refuses a line without end, having read no more than it must', async () => {
    let pulled = 0
    async function* gigabytes() {
      yield 'id,email\n1,"'
      for (; pulled < 1_024; pulled += 1) yield 'x'.repeat(1_048_576)
    }
    const importing = importCustomers(newContext(), scope, gigabytes(), { map: { id, email } })
    await expect(importing).rejects.toMatchObject({ code: 'CSV_MALFORMED' })
    expect(pulled).toBeLessThan(8)
  })

  it('passes on what the storage says, and stores a batch or nothing of it', async () => {
    const storage = createMemoryStorage()
    const failing = overridden(storage, {
      consents: overridden(storage.consents, { record: () => Promise.reject(new Error('disk full')) }),
    })
    const context = newContext({ storage: failing })
    const importing = importCustomers(context, scope, 'id,email\n1,a@mail.example\n', {
      map: { id, email },
      consent: { channel: 'email', topic: 'offers', basis: 'form', obtainedAt: SAMPLE_NOW },
    })
    await expect(importing).rejects.toThrow('disk full')
    expect(await storage.consents.history(scope, '1' as CustomerId)).toEqual([])
  })

  it('never shows one tenant the customers of another', async () => {
    const context = newContext()
    await importCustomers(context, sampleScope('other'), 'id,email\n1,\n', { map: { id, email } })
    expect(await customersOf(context)).toEqual([])
    expect(await importCustomers(context, scope, 'id,email\n1,\n', { map: { id, email } })).toMatchObject({
      created: 1,
    })
  })
})

describe('what an import refuses before it stores anything', () => {
  it.each([
    ['no options', undefined, ''],
    ['an unknown path', { map: { id, email: { path: 'mail', as: 'text' } } }, 'map.email.path'],
    [
      'an attribute without a name',
      { map: { id, email: { path: 'attributes.', as: 'text' } } },
      'map.email.path',
    ],
    ['a path that is no text', { map: { id, email: { path: 7, as: 'text' } } }, 'map.email.path'],
    [
      'an inherited name for a path',
      { map: { id, email: { path: 'constructor', as: 'text' } } },
      'map.email.path',
    ],
    [
      'the attribute __proto__',
      { map: { id, email: { path: 'attributes.__proto__', as: 'text' } } },
      'map.email.path',
    ],
    [
      'a form that the field cannot take',
      { map: { id, email: { path: 'email', as: 'flag' } } },
      'map.email.as',
    ],
    ['a form that does not exist', { map: { id, email: { path: 'email', as: 'int' } } }, 'map.email.as'],
    ['the column __proto__', JSON.parse('{"map":{"__proto__":{"path":"id","as":"text"}}}'), 'map.__proto__'],
    ['a second column for a field', { map: { id, email, b: { path: 'email', as: 'text' } } }, 'map.b'],
    [
      'a second currency',
      {
        map: {
          id,
          email: { path: 'facts.currency', as: 'text' },
          m: { path: 'facts.totalSpentMinor', as: 'money', currency: 'EUR' },
        },
      },
      'map.m',
    ],
    ['ids from nowhere', { map: { email } }, 'idFrom'],
    ['ids from two places', { map: { id }, idFrom: { line: true } }, 'map.id'],
    ['a region that is no country', { map: { id }, phoneRegion: 'Italy' }, 'phoneRegion'],
    ['a region without a numbering plan', { map: { id }, phoneRegion: 'XX' }, 'phoneRegion'],
    [
      'a consent without time',
      { map: { id }, consent: { channel: 'email', topic: 'a', basis: 'b' } },
      'consent.obtainedAt',
    ],
    ['a batch of nothing', { map: { id }, batchSize: 0 }, 'batchSize'],
    ['a line break in the prefix', { map: {}, idFrom: { line: true, prefix: '\n' } }, 'idFrom.prefix'],
  ])('is %s', async (_what, options, path) => {
    expect(await refusalOf(options)).toEqual({ code: 'INVALID_INPUT', path })
  })

  it('is an option that nobody knows', async () => {
    expect(await refusalOf({ map: { id }, dryrun: true })).toEqual({ code: 'UNKNOWN_FIELD', path: 'dryrun' })
  })

  it('is an unknown zone of a column', async () => {
    const map = { id, email: { path: 'facts.lastLoginAt', as: 'date', zone: 'Europe/Atlantis' } }
    expect(await refusalOf({ map })).toEqual({ code: 'TIME_ZONE_UNKNOWN', path: 'map.email.zone' })
  })

  it.each([
    ['a column', { map: { id, phone: { path: 'phone', as: 'text' } } }, 'map.phone'],
    ['the column of ids', { map: {}, idFrom: { column: 'number' } }, 'idFrom.column'],
    [
      'the column of a consent',
      { map: { id }, consent: [{ channel: 'email', topic: 'a', basis: 'b', obtainedAt: 0, when: 'ok' }] },
      'consent[0].when',
    ],
    [
      'a column that objects inherit',
      { map: { id, constructor: { path: 'email', as: 'text' } } },
      'map.constructor',
    ],
  ])('is a header that lacks %s', async (_what, options, path) => {
    expect(await refusalOf(options)).toEqual({ code: 'CSV_MALFORMED', path })
  })

  it('is a header that has a name twice, without telling the name', async () => {
    const importing = importCustomers(newContext(), scope, 'id,mail, mail\n', { map: { id } })
    await expect(importing).rejects.toMatchObject({
      code: 'CSV_MALFORMED',
      details: { reason: 'duplicateColumn', columns: [2, 3] },
    })
  })

  it('is a header with text behind a closing quote, and says that nothing was stored', async () => {
    const importing = importCustomers(newContext(), scope, 'id,"mail"s\n1,\n', { map: { id } })
    await expect(importing).rejects.toMatchObject({
      code: 'CSV_MALFORMED',
      details: { reason: 'quoting', line: 1, rows: 0, created: 0, updated: 0, skipped: 0 },
    })
  })

  it.each(['DD/MM', 'MM/YYYY', 'DD/YYYY', 'dd/mm/yyyy', 'YYYY-mm-DD', ''])(
    'is the format %j of a column of dates',
    async (format) => {
      const seen = { path: 'facts.lastLoginAt', as: 'date', format }
      expect(await refusalOf({ map: { id, email: seen } })).toEqual({
        code: 'INVALID_INPUT',
        path: 'map.email.format',
      })
      expect(await refusalOf({ map: { id, email: [seen] } })).toEqual({
        code: 'INVALID_INPUT',
        path: 'map.email[0].format',
      })
    },
  )

  it('is a format of a column that holds no dates', async () => {
    expect(await refusalOf({ map: { id, email: { ...email, format: 'YYYY-MM-DD' } } })).toEqual({
      code: 'UNKNOWN_FIELD',
      path: 'map.email.format',
    })
  })

  it('is an empty file', async () => {
    expect(await refusalOf({ map: { id } }, '')).toEqual({ code: 'CSV_MALFORMED', path: undefined })
  })

  it.each([null, 7, { path: 'customers.csv' }])('is %j instead of a stream', async (source) => {
    const importing = importCustomers(newContext(), scope, source as unknown as string, { map: { id } })
    await expect(importing).rejects.toMatchObject({ code: 'INVALID_INPUT', path: 'source' })
  })

  it('is an actor without leave, and a directory that is the host’s own', async () => {
    expect(await refusalOf({ map: { id } }, undefined, { access: () => false })).toMatchObject({
      code: 'FORBIDDEN',
    })
    const memory = createMemoryStorage()
    const storage = overridden(memory, { customers: { ...memory.customers, writable: false } })
    expect(await refusalOf({ map: { id } }, undefined, { storage })).toMatchObject({
      code: 'DIRECTORY_READ_ONLY',
    })
  })

  it('passes on what is wrong with the reader of phones itself', async () => {
    const phone = {
      toE164: () => {
        throw new RangeError('broken')
      },
    }
    const importing = importCustomers(newContext({ phone }), scope, 'id\n', { map: { id } })
    await expect(importing).rejects.toThrow(RangeError)
  })

  it('leaves a column of a hostile name alone when it is not mapped', async () => {
    const { customers } = await imported('id,__proto__,constructor\n1,x,y\n', { map: { id } })
    expect(customers).toEqual([{ id: '1', addresses: {}, tags: [], facts: {}, attributes: {} }])
  })
})
