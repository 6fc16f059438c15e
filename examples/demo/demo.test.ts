import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import { Writable } from 'node:stream'
import { fileURLToPath } from 'node:url'
import { beforeAll, describe, expect, it } from 'vitest'
import { measureCoverage } from './coverage.js'
import type { Figures } from './figures.js'
import { scanPicture } from './letter.js'
import type { DemoOptions, OwnList } from './options.js'
import { runDemo } from './run-demo.js'
import { UsageError } from './usage-error.js'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))

function folder(): string {
  return mkdtempSync(join(tmpdir(), 'campaignkit-demo-'))
}

function options(more: Partial<DemoOptions> = {}): DemoOptions {
  return {
    seed: 3,
    customers: 300,
    mailsPerMinute: 100,
    out: folder(),
    json: true,
    storage: 'memory',
    workers: 0,
    provider: 'smtp',
    list: null,
    ...more,
  }
}

/** A screen that keeps what is written. */
function createScreen() {
  const lines: string[] = []
  const screen = new Writable({
    write(piece: Buffer, _encoding, done) {
      lines.push(piece.toString())
      done()
    },
  })
  return { screen, text: () => lines.join('') }
}

describe('the demo on made-up customers', () => {
  const { screen, text } = createScreen()
  let figures: Figures

  beforeAll(async () => {
    figures = await runDemo(options(), screen)
  }, 60_000)

  it('imports the list but for its broken lines', () => {
    expect(figures).toMatchObject({ seed: 3, customers: 300, imported: { rows: 303, bad: 3 } })
    expect(text()).toContain('line 302, e-mail: emailInvalid')
  })

  it('loses nobody on the way from the matched to the mailbox', () => {
    const { matched, recipients, holdout, excluded } = figures.funnel
    const left = Object.values(excluded).reduce((sum, count) => sum + count, 0)
    expect(matched).toBe(recipients + holdout + left)
    expect(excluded.noConsent).toBeGreaterThan(0)
    expect(excluded.noAddress).toBeGreaterThan(0)
    expect(Math.abs(holdout - (recipients + holdout) / 10)).toBeLessThan(1)
    expect(figures.sent + figures.failed).toBe(recipients)
    expect(figures.failed).toBeGreaterThan(0)
    expect(text()).toContain(`${figures.sent} messages have arrived`)
  })

  it('keeps to a hundred messages a minute by its own clock', () => {
    expect(figures.sendingMs).toBeGreaterThanOrEqual(((figures.sent - 1) / 100) * 60_000)
    expect(text()).toMatch(/\(100 %\), \d+ a minute/)
  })

  it('has a world that opens, follows, buys and shows coupons, once each', () => {
    const { opened, followed, bought, redeemed, scanned } = figures.world
    expect(opened).toBeGreaterThan(followed)
    expect(followed).toBeGreaterThan(0)
    expect(bought).toBeGreaterThan(redeemed)
    expect(redeemed).toBeGreaterThan(0)
    expect(scanned).toBe(Math.min(redeemed, 50))
  })

  it('says what was planted and what was found, in shares', () => {
    expect(figures.planted?.difference).toBeCloseTo(0.99 * 0.03, 12)
    expect(figures.estimated?.confidence).toBe(0.95)
    expect(figures.effects.map(({ arm, against }) => `${arm} over ${against}`)).toEqual([
      'emoji over plain',
      'emoji over holdout',
      'plain over holdout',
    ])
    for (const { planted, estimated } of figures.effects) {
      const { difference, low, high, covers } = estimated
      expect(low).toBeLessThan(difference)
      expect(difference).toBeLessThan(high)
      expect(covers).toBe(low <= planted.difference && planted.difference <= high)
    }
  })

  it('leaves the report, the list, a message and its coupon, and says where', () => {
    const names = ['customers.csv', 'report.html', 'report.json', 'report.csv', 'message.eml', 'coupon.png']
    expect(Object.keys(figures.artefacts)).toEqual(names)
    for (const path of Object.values(figures.artefacts)) {
      expect(existsSync(path)).toBe(true)
      expect(text()).toContain(path)
    }
    const content = (name: string) => readFileSync(figures.artefacts[name] ?? '')
    expect(content('report.html').toString()).toContain('We miss you')
    expect(JSON.parse(content('report.json').toString())).toMatchObject({ counts: { sent: figures.sent } })
    const link = scanPicture(content('coupon.png')) ?? ''
    expect(link).toMatch(/^HTTPS:\/\/GO\.PIZZA\.EXAMPLE\/Q\/[0-9A-Z-]+$/)
    expect(content('message.eml').toString()).toContain(link.split('/').at(-1))
  })

  it('can say why somebody got nothing', () => {
    expect(text()).toMatch(/Why did c-\d+ get none\? \S/)
  })

  it('comes to the same figures with the same seed', async () => {
    const again = await runDemo(options(), createScreen().screen)
    expect({ ...again, elapsedMs: 0, artefacts: {} }).toEqual({ ...figures, elapsedMs: 0, artefacts: {} })
  }, 60_000)
})

describe('the demo on a list of the user’s own', () => {
  const LINES = [
    'months;spent;mail',
    ...Array.from({ length: 120 }, (_, index) => `${7 + (index % 5)};12,50;`),
  ]

  function ownList(more: Partial<OwnList> = {}): OwnList {
    const file = join(folder(), 'own.csv')
    writeFileSync(file, LINES.join('\r\n'))
    return {
      file,
      map: {
        months: { path: 'facts.lastOrderAt', as: 'monthsAgo' },
        spent: { path: 'facts.totalSpentMinor', as: 'money', decimal: ',' },
        mail: { path: 'email', as: 'text' },
      },
      id: null,
      asOf: Date.UTC(2026, 0, 1),
      inventAddresses: false,
      segment: null,
      ...more,
    }
  }

  it('says that nobody has an address, and how to get some', async () => {
    const running = runDemo(options({ list: ownList() }), createScreen().screen)
    await expect(running).rejects.toThrow(UsageError)
    await expect(running).rejects.toThrow('--invent-addresses')
  })

  it('writes to invented addresses when asked to', async () => {
    const { screen, text } = createScreen()
    const figures = await runDemo(options({ list: ownList({ inventAddresses: true }) }), screen)
    expect(figures).toMatchObject({
      customers: 120,
      sent: 108,
      failed: 0,
      funnel: { matched: 120, holdout: 12 },
    })
    expect(figures.planted?.difference).toBeCloseTo(0.03, 12)
    expect(text()).toContain('Invented 120 addresses')
  }, 60_000)

  it('takes everybody when nobody is lapsed, and the rule that it is given', async () => {
    const map: OwnList['map'] = { spent: { path: 'attributes.spent', as: 'text' } }
    const everybody = await runDemo(
      options({ list: ownList({ map, inventAddresses: true }) }),
      createScreen().screen,
    )
    expect(everybody.funnel.matched).toBe(120)
    const segment = { type: 'attribute', name: 'spent', op: '=', value: 'nothing' } as const
    const nobody = await runDemo(
      options({ list: ownList({ map, segment, inventAddresses: true }) }),
      createScreen().screen,
    )
    expect(nobody).toMatchObject({ sent: 0, planted: null, estimated: null })
  }, 60_000)

  it('says so when there is no such file', async () => {
    const running = runDemo(
      options({ list: ownList({ file: join(folder(), 'none.csv') }) }),
      createScreen().screen,
    )
    await expect(running).rejects.toThrow('cannot be read')
  })
})

describe('the planted effect', () => {
  it('is covered by its interval about as often as that promises', async () => {
    const { coverage } = await measureCoverage(options({ customers: 150 }), 20, createScreen().screen)
    expect(coverage).toHaveLength(3)
    for (const { covered, share, confidence } of coverage) {
      expect(share).toBe(covered / 20)
      expect(confidence).toBe(0.95)
      // of 20 intervals that cover with a chance of 0.95, fewer than 15 do so once in 3,000 times
      expect(covered).toBeGreaterThanOrEqual(15)
    }
  }, 60_000)
})

describe('the program', () => {
  const run = (...args: string[]) =>
    spawnSync(process.execPath, ['--import', 'tsx', 'examples/demo/main.ts', ...args], {
      cwd: ROOT,
      encoding: 'utf8',
    })

  it('prints one JSON object on stdout and nothing beside it', () => {
    const { status, stdout, stderr } = run('--json', '--customers', '40', '--out', folder())
    expect(stderr).toContain('Imported 40 customers')
    expect(status).toBe(0)
    expect(JSON.parse(stdout)).toMatchObject({
      seed: 1,
      customers: 40,
      verdict: { outcome: 'no-difference' },
    })
  }, 60_000)

  it('ends with 2 for a command line that makes no sense, with 1 for a list that cannot be used', () => {
    expect(run('--colour')).toMatchObject({ status: 2, stdout: '' })
    const { status, stdout, stderr } = run(
      '--json',
      '--out',
      folder(),
      '--csv',
      'package.json',
      '--map',
      'mail=email',
    )
    expect({ status, stdout }).toEqual({ status: 1, stdout: '' })
    expect(stderr).toBe('CSV_MALFORMED: The header has no column "mail"\n')
  }, 60_000)

  it('has help', () => {
    expect(run('--help').stdout).toContain('--invent-addresses')
  }, 60_000)
})
