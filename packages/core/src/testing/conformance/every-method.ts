import {
  conformanceCase,
  type StorageCase,
  type StorageNeed,
  type StorageSubject,
} from './conformance-case.js'
import { expectEqual, expectFailure, expectThat, unreadable } from './expectations.js'
import { freshEntry } from './seeds.js'
import { seedWorld } from './world.js'
import { readWorld, WORLD_READS } from './world-reads.js'
import { JOURNALED_WRITES, OTHER_WRITES, type WorldWrite } from './world-writes.js'

const needsOf = ({ needsWritableDirectory }: WorldWrite): readonly StorageNeed[] =>
  needsWritableDirectory ? ['writableDirectory'] : []

const READ_NEEDS: Readonly<Record<string, readonly StorageNeed[]>> = {
  'customers.scanMatching': ['matchingDirectory'],
}

/** Every reading method: what one tenant wrote, another with equal ids does not see. */
const readCases: readonly StorageCase[] = Object.entries(WORLD_READS).map(([method, read]) =>
  conformanceCase(
    `${method}: another tenant with equal ids sees nothing`,
    READ_NEEDS[method] ?? [],
    async (subject) => {
      const { storage, ours, theirs } = subject
      const nothing = await read(storage, theirs)
      await seedWorld(subject, ours)
      expectEqual(await read(storage, theirs), nothing, `what ${method} tells the other tenant`)
      expectThat(
        JSON.stringify(await read(storage, ours)) !== JSON.stringify(nothing),
        `${method} tells its own tenant`,
        'it tells nothing',
      )
    },
  ),
)

async function seedFor({ prepare }: WorldWrite, subject: StorageSubject): Promise<void> {
  await seedWorld(subject, subject.ours)
  await prepare?.(subject.storage, subject.ours)
}

/** Every writing method: what one tenant does leaves another with equal ids untouched. */
const writeCases: readonly StorageCase[] = [...JOURNALED_WRITES, ...OTHER_WRITES].map((worldWrite) =>
  conformanceCase(
    `${worldWrite.method}: another tenant with equal ids is untouched`,
    needsOf(worldWrite),
    async (subject) => {
      const { storage, ours, theirs } = subject
      await seedFor(worldWrite, subject)
      await seedWorld(subject, theirs)
      const before = await readWorld(storage, ours)
      const untouched = await readWorld(storage, theirs)
      await worldWrite.write(storage, ours, freshEntry())
      expectThat(
        JSON.stringify(await readWorld(storage, ours)) !== JSON.stringify(before),
        `${worldWrite.method} changes something of ours`,
        'nothing changed',
      )
      expectEqual(await readWorld(storage, theirs), untouched, 'what the other tenant has')
    },
  ),
)

/** Every change that is journaled: written together with its entry, or not at all. */
const journaledCases: readonly StorageCase[] = JOURNALED_WRITES.flatMap((worldWrite) => {
  const { method, write } = worldWrite
  return [
    conformanceCase(`${method}: writes its journal entry`, needsOf(worldWrite), async (subject) => {
      const { storage, ours } = subject
      await seedFor(worldWrite, subject)
      const entry = { ...freshEntry(), subject: { type: 'case', id: method } }
      await write(storage, ours, entry)
      const { items } = await storage.journal.list(
        ours,
        { subject: entry.subject },
        { cursor: null, limit: 10 },
      )
      expectEqual(items, [entry], 'journal entries')
    }),
    conformanceCase(
      `${method}: changes nothing when its journal entry fails`,
      needsOf(worldWrite),
      async (subject) => {
        const { storage, ours } = subject
        await seedFor(worldWrite, subject)
        const before = await readWorld(storage, ours)
        await expectFailure(() => write(storage, ours, unreadable(freshEntry())))
        expectEqual(await readWorld(storage, ours), before, 'what there is')
      },
    ),
  ]
})

/** What every method owes: tenants apart, and the change and its journal entry as one. */
export const everyMethodCases: readonly StorageCase[] = [...readCases, ...writeCases, ...journaledCases]
