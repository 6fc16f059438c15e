import { byCodePoints } from '../../base/by-code-points.js'
import { sampleSegment } from '../samples.js'
import { conformanceCase, type StorageCase, type StorageSubject } from './conformance-case.js'
import { allPages, expectEqual, expectPages, expectRefusal, expectSame, tamperWith } from './expectations.js'
import { freshEntry, UNRULY_IDS } from './seeds.js'

const segmentCase = (name: string, run: (subject: StorageSubject) => Promise<void>): StorageCase =>
  conformanceCase(`segments: ${name}`, [], run)

const FIRST = sampleSegment()
const SECOND = sampleSegment({ version: 2, criteria: { type: 'tags', match: 'any', tags: ['vip'] } })

/** What a SegmentStore means. */
export const segmentCases: readonly StorageCase[] = [
  segmentCase('put creates what does not exist, and only that', async ({ storage, ours }) => {
    await storage.segments.put(ours, FIRST, null, freshEntry())
    await expectRefusal(storage.segments.put(ours, SECOND, null, freshEntry()), 'SEGMENT_NAME_TAKEN')
    expectEqual(await storage.segments.get(ours, [FIRST.name]), [FIRST], 'the segment')
  }),
  segmentCase('put replaces the expected version, and only that', async ({ storage, ours }) => {
    await expectRefusal(storage.segments.put(ours, SECOND, 1, freshEntry()), 'VERSION_CONFLICT')
    await storage.segments.put(ours, FIRST, null, freshEntry())
    await storage.segments.put(ours, SECOND, 1, freshEntry())
    await expectRefusal(
      storage.segments.put(ours, { ...FIRST, version: 3 }, 1, freshEntry()),
      'VERSION_CONFLICT',
    )
    await expectRefusal(
      storage.segments.put(ours, { ...FIRST, version: 4 }, 3, freshEntry()),
      'VERSION_CONFLICT',
    )
    expectEqual(await storage.segments.get(ours, [FIRST.name]), [SECOND], 'the segment')
  }),
  segmentCase('of many who replace one version at once exactly one succeeds', async ({ storage, ours }) => {
    await storage.segments.put(ours, FIRST, null, freshEntry())
    const puts = Array.from({ length: 10 }, () => storage.segments.put(ours, SECOND, 1, freshEntry()))
    const ends = await Promise.allSettled(puts)
    expectEqual(ends.filter(({ status }) => status === 'fulfilled').length, 1, 'successes')
  }),
  segmentCase('put refuses a rule whose segments have changed since', async ({ storage, ours }) => {
    await storage.segments.put(ours, FIRST, null, freshEntry())
    const user = sampleSegment({ name: 'user', criteria: { type: 'segment', name: FIRST.name } })
    for (const seen of [
      { name: FIRST.name, version: 2 },
      { name: 'gone', version: 1 },
    ]) {
      await expectRefusal(storage.segments.put(ours, user, null, freshEntry(), [seen]), 'VERSION_CONFLICT')
    }
    await storage.segments.put(ours, user, null, freshEntry(), [{ name: FIRST.name, version: 1 }])
    expectEqual(await storage.segments.get(ours, [user.name]), [user], 'the segment')
  }),
  segmentCase('of two who close a circle together one is refused', async ({ storage, ours }) => {
    const names = ['X', 'Y']
    for (const name of names) await storage.segments.put(ours, sampleSegment({ name }), null, freshEntry())
    const closing = names.map((name, at) => {
      const other = names[1 - at] ?? ''
      const turned = sampleSegment({ name, version: 2, criteria: { type: 'segment', name: other } })
      return storage.segments.put(ours, turned, 1, freshEntry(), [{ name: other, version: 1 }])
    })
    const ends = await Promise.allSettled(closing)
    expectEqual(ends.filter(({ status }) => status === 'fulfilled').length, 1, 'successes')
  }),
  segmentCase('delete refuses what another segment refers to', async ({ storage, ours }) => {
    await storage.segments.put(ours, FIRST, null, freshEntry())
    const user = sampleSegment({
      name: 'user',
      criteria: { type: 'not', of: { type: 'segment', name: FIRST.name } },
    })
    await storage.segments.put(ours, user, null, freshEntry())
    await expectRefusal(storage.segments.delete(ours, FIRST.name, 1, freshEntry()), 'SEGMENT_IN_USE')
    await storage.segments.delete(ours, user.name, 1, freshEntry())
    await storage.segments.delete(ours, FIRST.name, 1, freshEntry())
    expectEqual(await storage.segments.get(ours, [FIRST.name, user.name]), [], 'segments that are left')
  }),
  segmentCase('names are compared exactly', async ({ storage, ours }) => {
    const segments = ['Lapsed', 'lapsed', 'Lapsed ', 'Läpsed', 'La\u0308psed'].map((name) =>
      sampleSegment({ name }),
    )
    for (const segment of segments) await storage.segments.put(ours, segment, null, freshEntry())
    expectSame(
      await storage.segments.get(
        ours,
        segments.map(({ name }) => name),
      ),
      segments,
      'segments',
    )
    expectEqual(await storage.segments.get(ours, ['LAPSED']), [], 'segments of a name that is not there')
    expectEqual(await storage.segments.get(ours, []), [], 'segments of no name')
  }),
  segmentCase(
    'list goes in the order of code points of the names to the very end',
    async ({ storage, ours }) => {
      const segments = UNRULY_IDS.map((name) => sampleSegment({ name }))
      for (const segment of [...segments].reverse())
        await storage.segments.put(ours, segment, null, freshEntry())
      const expected = segments.sort((left, right) => byCodePoints(left.name, right.name))
      await expectPages((page) => storage.segments.list(ours, page), expected, 'segments')
    },
  ),
  segmentCase('list of none is one empty page', async ({ storage, ours }) => {
    expectEqual(
      await storage.segments.list(ours, { cursor: null, limit: 1 }),
      { items: [], nextCursor: null },
      'the page',
    )
  }),
  segmentCase('delete takes the expected version, and only that', async ({ storage, ours }) => {
    await storage.segments.put(ours, FIRST, null, freshEntry())
    await expectRefusal(storage.segments.delete(ours, FIRST.name, 2, freshEntry()), 'VERSION_CONFLICT')
    expectEqual(await storage.segments.get(ours, [FIRST.name]), [FIRST], 'the segment after a refusal')
    await storage.segments.delete(ours, FIRST.name, 1, freshEntry())
    expectEqual(await storage.segments.get(ours, [FIRST.name]), [], 'the segment')
    await expectRefusal(storage.segments.delete(ours, FIRST.name, 1, freshEntry()), 'VERSION_CONFLICT')
    await storage.segments.put(ours, FIRST, null, freshEntry())
    expectEqual(await allPages((page) => storage.segments.list(ours, page)), [FIRST], 'the segment made anew')
  }),
  segmentCase('changing what was given out changes nothing that is kept', async ({ storage, ours }) => {
    const segment = sampleSegment({ criteria: { type: 'tags', match: 'any', tags: ['vip'] } })
    const expected: unknown = JSON.parse(JSON.stringify(segment))
    await storage.segments.put(ours, segment, null, freshEntry())
    tamperWith(await storage.segments.get(ours, ['Lapsed']))
    tamperWith(await storage.segments.list(ours, { cursor: null, limit: 1 }))
    expectEqual(await storage.segments.get(ours, ['Lapsed']), [expected], 'the segment')
  }),
]
