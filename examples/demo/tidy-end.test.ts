import { spawn } from 'node:child_process'
import process from 'node:process'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))

/** Things that say when they are closed. */
const PRELUDE = `
import { setTimeout } from 'node:timers/promises'
import { withTidyEnd } from './examples/demo/tidy-end.ts'
const closing = (name, ms) => ({
  close: async () => {
    await setTimeout(ms)
    console.log('closed ' + name)
  },
})
// a process with nothing to wait for would be over
setInterval(() => {}, 1000)
`

/** Runs a program on the tools of the demo, and sends it a signal when it says that it is open. */
function run(program: string, signal: NodeJS.Signals): Promise<{ code: number | null; told: string[] }> {
  const child = spawn(
    process.execPath,
    ['--import', 'tsx', '--input-type=module', '--eval', `${PRELUDE}${program}`],
    { cwd: ROOT, stdio: ['ignore', 'pipe', 'ignore'] },
  )
  let told = ''
  let isSent = false
  child.stdout.on('data', (piece) => {
    told += String(piece)
    if (isSent || !told.includes('open')) return
    isSent = true
    child.kill(signal)
  })
  return new Promise((resolve) => {
    child.once('close', (code) => resolve({ code, told: told.trim().split('\n').slice(1) }))
  })
}

describe.skipIf(process.platform === 'win32')('withTidyEnd', () => {
  it.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
    ['SIGHUP', 129],
  ] as const)(
    'closes all on %s before the process ends, though the work fails meanwhile',
    async (signal, code) => {
      const ended = await run(
        `await withTidyEnd(async (tidy) => {
        await tidy.open(closing('first', 300))
        await new Promise((resolve, reject) => {
          const second = closing('second', 0)
          void tidy.open({ close: () => second.close().then(() => reject(new Error('lost'))) })
          console.log('open')
        })
      })`,
        signal,
      )
      expect(ended).toEqual({ code, told: ['closed second', 'closed first'] })
    },
  )

  it('waits for what is just being opened, and closes it as well', async () => {
    const ended = await run(
      `await withTidyEnd(async (tidy) => {
        await tidy.open(closing('first', 0))
        const opening = setTimeout(300, closing('second', 0))
        console.log('open')
        await tidy.open(opening)
        await setTimeout(60_000)
      })`,
      'SIGTERM',
    )
    expect(ended).toEqual({ code: 143, told: ['closed second', 'closed first'] })
  })

  it('ends once, told twice', async () => {
    const ended = await run(
      `await withTidyEnd(async (tidy) => {
        const thing = closing('first', 300)
        await tidy.open({ close: () => (process.kill(process.pid, 'SIGINT'), thing.close()) })
        console.log('open')
        await setTimeout(60_000)
      })`,
      'SIGTERM',
    )
    expect(ended).toEqual({ code: 143, told: ['closed first'] })
  })
})
