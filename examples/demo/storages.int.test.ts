import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Writable } from 'node:stream'
import { describe, expect, it } from 'vitest'
import type { Figures } from './figures.js'
import { runDemo } from './run-demo.js'
import type { StorageName } from './storages.js'

const screen = () => new Writable({ write: (_piece, _encoding, done) => done() })

/** The figures of a small demo, without what differs from run to run. */
async function figuresOn(
  storage: StorageName,
): Promise<Omit<Figures, 'elapsedMs' | 'sendingMs' | 'artefacts'>> {
  const out = mkdtempSync(join(tmpdir(), 'campaignkit-demo-'))
  const demo = {
    seed: 5,
    customers: 150,
    mailsPerMinute: 100,
    out,
    json: true,
    storage,
    provider: 'smtp' as const,
    list: null,
  }
  const { elapsedMs: _, sendingMs: __, artefacts: ___, ...figures } = await runDemo(demo, screen())
  return figures
}

describe('the demo', () => {
  it('comes to the same figures on a PostgreSQL server as in memory, to the last of them', async () => {
    const inMemory = await figuresOn('memory')
    expect(inMemory.sent).toBeGreaterThan(50)
    await expect(figuresOn('postgres')).resolves.toEqual(inMemory)
  })
})
