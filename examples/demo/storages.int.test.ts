import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Writable } from 'node:stream'
import { describe, expect, it } from 'vitest'
import type { Figures } from './figures.js'
import { runDemo } from './run-demo.js'
import type { StorageName } from './storages.js'

function createScreen() {
  let written = ''
  const screen = new Writable({
    write(piece: Buffer, _encoding, done) {
      written += piece.toString()
      done()
    },
  })
  return { screen, text: () => written }
}

/** The figures of a small demo, without what differs from run to run. */
async function figuresOn(
  storage: StorageName,
  workers: number,
): Promise<Omit<Figures, 'elapsedMs' | 'sendingMs' | 'artefacts'>> {
  const out = mkdtempSync(join(tmpdir(), 'campaignkit-demo-'))
  const sized = { seed: 5, customers: 150, mailsPerMinute: 100, provider: 'smtp' } as const
  const demo = { ...sized, out, json: true, storage, workers, list: null }
  const { screen, text } = createScreen()
  const { elapsedMs: _, sendingMs, artefacts: ___, ...figures } = await runDemo(demo, screen)
  // as many as the pace allows in all, whoever sends them
  expect(sendingMs).toBeGreaterThanOrEqual(((figures.sent - 1) / 100) * 60_000)
  for (let worker = 1; worker <= workers; worker += 1)
    expect(text()).toMatch(new RegExp(`worker ${worker} sent [1-9]`))
  expect(text()).toMatch(/\(100 %\), \d+ a minute/)
  return figures
}

describe('the demo', () => {
  it('comes to the same figures on a PostgreSQL server, from three processes, as in memory, to the last of them', async () => {
    const inMemory = await figuresOn('memory', 0)
    expect(inMemory.sent).toBeGreaterThan(50)
    await expect(figuresOn('postgres', 3)).resolves.toEqual(inMemory)
  })
})
