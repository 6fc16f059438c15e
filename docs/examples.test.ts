import { execFile } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { inspect } from 'node:util'
import { afterAll, afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { blocksOf, type Example, examplesOf, pages, promisedOutput, ROOT, sources } from './example-blocks.js'

/** Everything that a page may show: programs, data, commands, and drawings. */
const INFOS = ['ts', 'ts continued', 'json', 'sh', 'text', 'liquid', 'html']

const examples = [...pages(), ...sources()].flatMap((file) => examplesOf(file))

mkdirSync(path.join(ROOT, '.docs-examples'), { recursive: true })
const folder = mkdtempSync(path.join(ROOT, '.docs-examples', 'run-'))
const moduleOf = ({ file, line }: Example) => path.join(folder, `${file.replaceAll('/', '.')}.${line}.ts`)
for (const example of examples) writeFileSync(moduleOf(example), `${example.code}\nexport {}\n`)

/** The compiler works in a process of its own while the examples run. */
const compiled = compile()

afterAll(() => rmSync(folder, { recursive: true, force: true }))

async function compile(): Promise<string> {
  const project = path.join(folder, 'tsconfig.json')
  const compilerOptions = { types: ['node'], typeRoots: [path.join(ROOT, 'node_modules/@types')] }
  writeFileSync(
    project,
    JSON.stringify({ extends: '../../tsconfig.base.json', compilerOptions, files: examples.map(moduleOf) }),
  )
  const tsc = createRequire(import.meta.url).resolve('typescript/bin/tsc')
  return new Promise((resolve) => {
    execFile(process.execPath, [tsc, '-p', project, '--pretty', 'false'], (_error, output) => resolve(output))
  })
}

describe('examples', () => {
  let printed: string[] = []

  beforeEach(() => {
    printed = []
    vi.stubEnv('CAMPAIGNKIT_KEY', 'a key that is made for the examples')
    vi.spyOn(console, 'log').mockImplementation((...values: unknown[]) => {
      printed.push(values.map(textOf).join(' '))
    })
  })

  afterEach(() => {
    vi.restoreAllMocks()
    vi.unstubAllEnvs()
  })

  it.each(examples.map((example) => [`${example.file}:${example.line}`, example] as const))(
    '%s runs and prints what it says',
    async (_name, example) => {
      await import(/* @vite-ignore */ pathToFileURL(moduleOf(example)).href)
      const promised = promisedOutput(example)
      if (!isWithin(promised, printed)) expect(printed).toEqual(promised)
    },
    60_000,
  )

  it('pass the compiler at its strictest', async () => {
    // faults of the packages themselves are told by `pnpm types`
    const faults = (await compiled).split('\n').filter((line) => !/^(?:packages\/|\s|$)/.test(line))
    expect(faults).toEqual([])
  }, 60_000)
})

describe('the other blocks of pages', () => {
  const blocks = pages().flatMap((file) => blocksOf(file))
  const nameOf = ({ file, line }: { file: string; line: number }) => `${file}:${line}`

  it('say what they are', () => {
    expect(blocks.filter(({ info }) => !INFOS.includes(info)).map(nameOf)).toEqual([])
  })

  it('are commands that there are', () => {
    const { scripts } = JSON.parse(readFileSync(path.join(ROOT, 'package.json'), 'utf8')) as {
      scripts: object
    }
    const known = [...Object.keys(scripts), 'install']
    const commands = blocks.filter(({ info }) => info === 'sh').flatMap(({ code }) => code.split('\n'))
    const unknown = commands.filter((line) => {
      const [, script] = /^npx (?:--yes )?pnpm@10\.34\.9 ([\w:]+)/.exec(line) ?? []
      const [, installed] = /^npm install (?:--save-dev )?(.+)$/.exec(line) ?? []
      if (script !== undefined) return !known.includes(script)
      if (installed !== undefined) return installed.split(' ').some((name) => !installable().has(name))
      return !existsSync(path.join(ROOT, line.split(' ')[0] ?? ''))
    })
    expect(unknown).toEqual([])
  })

  it('are JSON where they say so', () => {
    for (const block of blocks.filter(({ info }) => info === 'json')) {
      expect(() => JSON.parse(block.code), nameOf(block)).not.toThrow()
    }
  })
})

/** What a host may be told to install: our packages, and what they ask of the host beside them. */
function installable(): ReadonlySet<string> {
  const packages = path.join(ROOT, 'packages')
  const names = readdirSync(packages).flatMap((folderName) => {
    const manifest = readFileSync(path.join(packages, folderName, 'package.json'), 'utf8')
    const { name, peerDependencies = {} } = JSON.parse(manifest) as {
      name: string
      peerDependencies?: object
    }
    return [name, ...Object.keys(peerDependencies)]
  })
  return new Set(names)
}

/** Whether texts occur in others in their order, with anything between them. */
function isWithin(texts: readonly string[], others: readonly string[]): boolean {
  let found = 0
  for (const other of others) if (other === texts[found]) found += 1
  return found === texts.length
}

function textOf(value: unknown): string {
  return typeof value === 'string'
    ? value
    : inspect(value, { breakLength: Number.POSITIVE_INFINITY, depth: 8 })
}
