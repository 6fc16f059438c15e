import process from 'node:process'
import { describe } from 'vitest'
import { conforms } from './conformance.fixture.js'
import { openTestStorage } from './test-storage.fixture.js'

/** For which the lockfile has a server of that version. */
const hasServer = process.platform === 'linux' && process.arch === 'x64'
/** It is tested on already, whatever its version. */
const isGiven = process.env.DATABASE_URL !== undefined

describe.skipIf(isGiven || !hasServer)('on PostgreSQL 14', () =>
  conforms(() => openTestStorage({ oldest: true })),
)
