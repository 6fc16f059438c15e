import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'

/** The folder that holds README.md, docs and packages. */
export const ROOT = fileURLToPath(new URL('..', import.meta.url))

/** A fenced block of a page or of a doc comment. */
export interface Block {
  /** The file that it stands in, from the root. */
  readonly file: string
  /** The line of its first line of code, from 1. */
  readonly line: number
  /** What stands behind the fence, such as `ts` or `ts continued`; empty when nothing does. */
  readonly info: string
  readonly code: string
}

/** A module made of one block and of those that continue it; each line stands where it stands in its file. */
export interface Example {
  readonly file: string
  readonly line: number
  readonly code: string
}

/** Pages for people: README.md, CONTRIBUTING.md and all below docs. */
export function pages(): readonly string[] {
  return ['README.md', 'CONTRIBUTING.md', ...filesBelow('docs', /\.md$/)]
}

/** Sources whose doc comments may hold examples. */
export function sources(): readonly string[] {
  return readdirSync(path.join(ROOT, 'packages')).flatMap((name) =>
    filesBelow(`packages/${name}/src`, /(?<!\.(?:test|test-d|bench|fixture))\.ts$/),
  )
}

function filesBelow(folder: string, wanted: RegExp): string[] {
  return readdirSync(path.join(ROOT, folder), { recursive: true, encoding: 'utf8' })
    .map((name) => `${folder}/${name.split(path.sep).join('/')}`)
    .filter((file) => wanted.test(file))
    .sort()
}

const FENCE = /^```(.*)$/
const COMMENT_MARGIN = /^\s*\* ?/

/** The fenced blocks of a file; of a source those in its doc comments. */
export function blocksOf(file: string): readonly Block[] {
  const blocks: Block[] = []
  const isSource = file.endsWith('.ts')
  let open: { info: string; line: number; code: string[] } | null = null
  for (const [index, written] of readFileSync(path.join(ROOT, file), 'utf8').split('\n').entries()) {
    if (isSource && !COMMENT_MARGIN.test(written)) continue
    const text = isSource ? written.replace(COMMENT_MARGIN, '') : written
    const fence = FENCE.exec(text)
    if (fence === null) open?.code.push(text)
    else if (open === null) open = { info: fence[1]?.trim() ?? '', line: index + 2, code: [] }
    else {
      blocks.push({ file, line: open.line, info: open.info, code: open.code.join('\n') })
      open = null
    }
  }
  if (open !== null) throw new Error(`${file}:${open.line}: the block is not closed`)
  return blocks
}

/** The modules that the TypeScript blocks of a file make. */
export function examplesOf(file: string): readonly Example[] {
  const examples: Example[] = []
  for (const { line, info, code } of blocksOf(file)) {
    if (info === 'ts') examples.push({ file, line, code: '\n'.repeat(line - 1) + code })
    if (info !== 'ts continued') continue
    const begun = examples.pop()
    if (begun === undefined) throw new Error(`${file}:${line}: there is nothing to continue`)
    const lines = begun.code.split('\n').length
    examples.push({ ...begun, code: begun.code + '\n'.repeat(line - lines) + code })
  }
  return examples
}

/** What an example says that it prints: the comments behind `console.log(...)`, in order. */
export function promisedOutput({ code }: Example): readonly string[] {
  return [...code.matchAll(/^\s*console\.log\(.*\) \/\/ (.+)$/gm)].map(([, text]) => text ?? '')
}
