import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import { setTimeout } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { type LocalPostgres, startLocalPostgres } from '@campaignkit/local-postgres'
import createKnex from 'knex'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))

let server: LocalPostgres

beforeAll(async () => {
  server = await startLocalPostgres()
})

afterAll(() => server.stop())

/** A demo that has just launched its campaign on the given server, and its worker processes. */
async function launched(): Promise<{ readonly demo: ChildProcess; readonly workers: readonly number[] }> {
  const out = mkdtempSync(join(tmpdir(), 'campaignkit-demo-'))
  const asked = ['--storage', 'postgres', '--workers', '2', '--customers', '400', '--out', out]
  const demo = spawn(process.execPath, ['--import', 'tsx', 'examples/demo/main.ts', ...asked], {
    cwd: ROOT,
    env: { ...process.env, DATABASE_URL: server.url },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let told = ''
  demo.stdout?.on('data', (piece) => {
    told += String(piece)
  })
  // underway when the first tenth is through
  while (!told.includes('settled (') && demo.exitCode === null) await setTimeout(20)
  const { stdout } = spawnSync('ps', ['-o', 'pid=,args=', '--ppid', String(demo.pid)], { encoding: 'utf8' })
  const workers = stdout.split('\n').filter((line) => line.includes('worker.ts'))
  return { demo, workers: workers.map((line) => Number.parseInt(line, 10)) }
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}

async function endOf(demo: ChildProcess): Promise<number | null> {
  if (demo.exitCode === null && demo.signalCode === null)
    await new Promise((resolve) => demo.once('exit', resolve))
  return demo.exitCode
}

async function allGone(pids: readonly number[]): Promise<void> {
  while (pids.some(isAlive)) await setTimeout(20)
}

/** Schemas of demos that are left on the server. */
async function leftBehind(): Promise<number> {
  const knex = createKnex({ client: 'pg', connection: server.url })
  const { rows } = await knex.raw(`select from pg_namespace where nspname like 'campaignkit_demo%'`)
  await knex.destroy()
  return rows.length
}

describe.skipIf(process.platform === 'win32')('the worker processes of the demo', () => {
  it.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)('end with it on %s, and its schema is dropped', async (signal, code) => {
    const { demo, workers } = await launched()
    expect(workers).toHaveLength(2)
    demo.kill(signal)
    await expect(endOf(demo)).resolves.toBe(code)
    await allGone(workers)
    await expect(leftBehind()).resolves.toBe(0)
  })

  it('end with it when one of them falls, and the schema is dropped', async () => {
    const { demo, workers } = await launched()
    const [first = 0] = workers
    process.kill(first, 'SIGKILL')
    await expect(endOf(demo)).resolves.toBe(1)
    await allGone(workers)
    await expect(leftBehind()).resolves.toBe(0)
  })

  it('end when it is killed without a chance to say so', async () => {
    const { demo, workers } = await launched()
    expect(workers).toHaveLength(2)
    demo.kill('SIGKILL')
    await endOf(demo)
    await allGone(workers)
  })
})
