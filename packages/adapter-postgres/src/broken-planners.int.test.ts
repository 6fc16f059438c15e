import {
  brokenPlanners,
  ConformanceFailure,
  sampleScope,
  storageConformance,
} from '@campaignkit/core/testing'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { PostgresStorage } from './create-postgres-storage.js'
import { openTestStorage, START_MS } from './test-storage.fixture.js'

let storage: PostgresStorage
let stop: () => Promise<void>
let cases = 0

beforeAll(async () => {
  ;({ storage, stop } = await openTestStorage())
}, START_MS)

afterAll(() => stop())

describe('a broken planner of audiences', () => {
  it.each(brokenPlanners)('that $name is caught by "$caughtBy"', async ({ caughtBy, wrap }) => {
    const conformance = storageConformance.find(({ name }) => name === caughtBy)
    cases += 1
    const [ours, theirs] = [sampleScope(`ours-${cases}`), sampleScope(`theirs-${cases}`)]
    const failure = await conformance
      ?.run({ ours, theirs, storage: wrap(storage) })
      .catch((thrown: unknown) => thrown)
    expect(failure).toBeInstanceOf(ConformanceFailure)
    expect(failure).toMatchObject({ caseName: caughtBy })
  })
})
