import { describe, expect, it } from 'vitest'
import { all, any, eligible, everyone, not, segment, tag } from '../segmentation/builders.js'
import { createPizzeria, LAPSED, lapsedCustomer, SCOPE, winBack } from './pizzeria.fixture.js'
import { codeOf, refusalOf } from './refusal.fixture.js'

/** Names as the outside may choose them. */
const HOSTILE_NAMES = [
  '__proto__',
  'constructor',
  'toString',
  'hasOwnProperty',
  "'; drop table segments; --",
  '{{ customer.email }}',
  '<script>alert(1)</script>',
  '=1+1',
  'gäste 🍕 日本',
  ' with spaces ',
  'a.b[0]',
  '../..',
]

describe('named segments', () => {
  it('are saved, read, listed by name, changed by version and told to the journal', async () => {
    const { kit, clock } = createPizzeria()
    const first = await kit.segments.save({ name: 'lapsed', criteria: LAPSED })
    expect(first).toEqual({ name: 'lapsed', criteria: LAPSED, version: 1, updatedAt: clock.now() })
    await kit.segments.save({ name: 'Friends', criteria: 'vip, regular' })
    expect((await kit.segments.list()).items.map(({ name }) => name)).toEqual(['Friends', 'lapsed'])
    const changed = await kit.segments.save({ name: 'lapsed', criteria: tag('a') }, 1)
    expect(changed.version).toBe(2)
    expect(await kit.segments.get('lapsed')).toEqual(changed)
    expect((await kit.journal.list({ subject: { type: 'segment', id: 'lapsed' } })).items).toMatchObject([
      { action: 'segment.save', before: null, after: LAPSED, actor: SCOPE.actor },
      { action: 'segment.save', before: LAPSED, after: tag('a') },
    ])
    const page = await kit.segments.list({ limit: 1 })
    expect((await kit.segments.list({ limit: 1, cursor: page.nextCursor })).items).toEqual([changed])
  })

  it.each<[string, () => unknown, string]>([
    ['a name of blanks', () => ({ name: ' ', criteria: everyone() }), 'INVALID_INPUT name'],
    ['no criteria', () => ({ name: 'x' }), 'INVALID_INPUT criteria'],
    ['an unknown field', () => ({ name: 'x', criteria: everyone(), size: 1 }), 'UNKNOWN_FIELD size'],
    [
      'criteria that are no rule',
      () => ({ name: 'x', criteria: { type: 'tags', match: 'any', tags: [] } }),
      'CRITERIA_INVALID criteria.tags',
    ],
    ['a segment that is not there', () => ({ name: 'x', criteria: segment('gone') }), 'SEGMENT_NOT_FOUND'],
    ['itself', () => ({ name: 'x', criteria: not(segment('x')) }), 'SEGMENT_CYCLE'],
    [
      'a misplaced external rule by reference',
      () => ({ name: 'x', criteria: not(segment('asking')) }),
      'ELIGIBILITY_MISPLACED',
    ],
    ['a name that is taken', () => ({ name: 'asking', criteria: everyone() }), 'SEGMENT_NAME_TAKEN'],
  ])('refuse %s and store nothing', async (_what, input, refused) => {
    const { kit } = createPizzeria()
    await kit.segments.save({ name: 'asking', criteria: eligible('loyal') })
    expect(await codeOf(() => kit.segments.save(input() as never))).toMatch(new RegExp(`^${refused}`))
    expect((await kit.segments.list()).items).toHaveLength(1)
    expect((await kit.journal.list()).items).toHaveLength(1)
  })

  it('refuse a circle over several, and name it', async () => {
    const { kit } = createPizzeria()
    await kit.segments.save({ name: 'a', criteria: everyone() })
    await kit.segments.save({ name: 'b', criteria: all(segment('a'), tag('x')) })
    await kit.segments.save({ name: 'c', criteria: any(segment('b'), tag('y')) })
    const refused = await refusalOf(() => kit.segments.save({ name: 'a', criteria: segment('c') }, 1))
    expect(refused.code).toBe('SEGMENT_CYCLE')
    expect(refused.details.circle).toEqual(['a', 'c', 'b', 'a'])
    expect((await kit.segments.get('a')).version).toBe(1)
  })

  it('refuse a circle that two writers close at once', async () => {
    const { kit } = createPizzeria()
    for (const name of ['X', 'Y']) await kit.segments.save({ name, criteria: everyone() })
    const writes = await Promise.allSettled([
      kit.segments.save({ name: 'X', criteria: segment('Y') }, 1),
      kit.segments.save({ name: 'Y', criteria: segment('X') }, 1),
    ])
    expect(writes.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected'])
    expect(writes.find((write) => write.status === 'rejected')?.reason).toMatchObject({
      code: 'SEGMENT_CYCLE',
    })
  })

  it('are not deleted from under a rule that is written at the same time', async () => {
    const { kit } = createPizzeria()
    await kit.segments.save({ name: 'X', criteria: everyone() })
    const ends = await Promise.allSettled([
      kit.segments.delete('X', 1),
      kit.segments.save({ name: 'Y', criteria: segment('X') }),
    ])
    expect(ends.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected'])
  })

  it('let one of two writers at once win', async () => {
    const { kit } = createPizzeria()
    await kit.segments.save({ name: 'a', criteria: everyone() })
    const writes = await Promise.allSettled([
      kit.segments.save({ name: 'a', criteria: tag('x') }, 1),
      kit.segments.save({ name: 'a', criteria: tag('y') }, 1),
    ])
    expect(writes.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected'])
    expect(writes.find((write) => write.status === 'rejected')?.reason).toMatchObject({
      code: 'VERSION_CONFLICT',
    })
  })

  it.each(HOSTILE_NAMES)('may be called %j and inject nothing', async (name) => {
    const { kit, welcome, runCampaign } = createPizzeria()
    await welcome(3, (number) => ({ tags: number < 2 ? ['pizza-lover', 'vip'] : ['pizza-lover'] }))
    await kit.segments.save({ name, criteria: tag('vip') })
    await kit.segments.save({ name: `${name}2`, criteria: not(segment(name)) })
    const { matched, segments } = await kit.audiences.reach(segment(name), { channels: ['email'] })
    expect(matched).toBe(2)
    expect(Object.entries(segments).sort()).toEqual(
      [
        [name, 2],
        [`${name}2`, 0],
      ].sort(),
    )
    const { id } = await runCampaign({ audience: everyone() })
    const report = await kit.reports.campaign(id)
    expect(
      Object.fromEntries(report.segments.map(({ segment: of, members }) => [`of ${of}`, members])),
    ).toEqual({ [`of ${name}`]: 2, [`of ${name}2`]: 1 })
    expect(kit.reports.render(report, 'html')).not.toContain('<script>alert')
    expect(kit.reports.render(report, 'csv')).not.toMatch(/(^|[,\r\n"])=1\+1/)
    expect((await kit.segments.get(name)).name).toBe(name)
    expect(Reflect.get({}, 'name')).toBeUndefined()
  })

  it('that ask an external rule are not counted by, and up to a hundred others are', async () => {
    const { kit, welcome } = createPizzeria({ kit: { eligibility: { ask: async () => new Map() } } })
    await welcome(1)
    await kit.segments.save({ name: 'asking', criteria: eligible('loyal') })
    await kit.segments.save({ name: 'by reference', criteria: all(segment('asking'), tag('x')) })
    await kit.segments.save({ name: 'plain', criteria: everyone() })
    expect((await kit.audiences.reach(everyone(), { channels: ['email'] })).segments).toEqual({ plain: 1 })
  })

  it('that no longer resolve harm nobody who does not name them', async () => {
    const { kit, welcome, runCampaign, outbox } = createPizzeria({
      kit: { eligibility: { ask: async () => new Map() } },
    })
    await welcome(1)
    await kit.segments.save({ name: 'base', criteria: tag('x') })
    await kit.segments.save({ name: 'not base', criteria: not(segment('base')) })
    await kit.segments.save({ name: 'base', criteria: eligible('loyal') }, 1)
    expect((await kit.audiences.reach(LAPSED, { channels: ['email'] })).segments).toEqual({})
    expect((await runCampaign()).status).toBe('completed')
    expect(outbox.sent).toHaveLength(1)
    expect(await codeOf(() => kit.audiences.reach(segment('not base'), { channels: ['email'] }))).toMatch(
      /^ELIGIBILITY_MISPLACED/,
    )
  })

  it('are deleted by version, unless something that has not ended refers to them', async () => {
    const { kit, root } = createPizzeria()
    await kit.segments.save({ name: 'a', criteria: tag('x') })
    await kit.segments.save({ name: 'b', criteria: not(segment('a')) })
    const inUse = await refusalOf(() => kit.segments.delete('a', 1))
    expect(inUse).toMatchObject({ code: 'SEGMENT_IN_USE', details: { type: 'segment', id: 'b' } })
    const { id } = await kit.campaigns.create(winBack({ audience: all(tag('y'), segment('b')) }))
    expect((await refusalOf(() => kit.segments.delete('b', 1))).details).toEqual({ type: 'campaign', id })
    await kit.campaigns.launch(id)
    expect(await codeOf(() => kit.segments.delete('b', 1))).toBe('SEGMENT_IN_USE')
    await root.worker().drain()
    expect((await kit.campaigns.get(id)).status).toBe('completed')
    expect(await codeOf(() => kit.segments.delete('b', 2))).toBe('VERSION_CONFLICT')
    await kit.segments.delete('b', 1)
    await kit.segments.delete('a', 1)
    expect((await kit.segments.list()).items).toEqual([])
    expect(await codeOf(() => kit.segments.get('a'))).toBe('SEGMENT_NOT_FOUND')
    expect(await codeOf(() => kit.segments.delete('a', 1))).toBe('SEGMENT_NOT_FOUND')
    expect((await kit.journal.list({ subject: { type: 'segment', id: 'a' } })).items.at(-1)).toMatchObject({
      action: 'segment.delete',
      before: tag('x'),
      after: null,
    })
  })

  it('are looked for in every page of segments and campaigns before one is deleted', async () => {
    const { kit, storage } = createPizzeria()
    await kit.segments.save({ name: 'a', criteria: tag('x') })
    const scope = { tenant: 'pizzeria' as never, actor: SCOPE.actor }
    const entry = {
      id: '',
      at: 0,
      actor: SCOPE.actor,
      action: 'test',
      subject: { type: 'test', id: '' },
      reason: null,
      before: null,
      after: null,
    }
    for (let number = 0; number < 1_001; number += 1) {
      await storage.segments.put(
        scope,
        { name: `b${number}`, criteria: everyone(), version: 1, updatedAt: 0 },
        null,
        { ...entry, id: `s${number}` },
      )
    }
    const template = await kit.campaigns.create(winBack({ audience: segment('a') }))
    for (let number = 0; number < 1_001; number += 1) {
      const content = { ...template.content, name: `c${number}`, audience: everyone() }
      await storage.campaigns.insert(
        scope,
        { ...template, id: `z${number}` as never, content },
        { ...entry, id: `z${number}` },
      )
    }
    expect((await refusalOf(() => kit.segments.delete('a', 1))).details).toEqual({
      type: 'campaign',
      id: template.id,
    })
    await kit.segments.save({ name: 'z', criteria: segment('a') })
    expect((await refusalOf(() => kit.segments.delete('a', 1))).details).toEqual({ type: 'segment', id: 'z' })
  })

  it('count matched customers wherever these end', async () => {
    const { kit, welcome } = createPizzeria()
    await welcome(2)
    await kit.customers.upsert([lapsedCustomer(9)])
    await kit.segments.save({ name: 'all of them', criteria: everyone() })
    expect(await kit.audiences.reach(everyone(), { channels: ['email'] })).toMatchObject({
      matched: 3,
      reachable: 2,
      segments: { 'all of them': 3 },
    })
  })
})
