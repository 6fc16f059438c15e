// What a host gets: builds and packs every package, lints the tarballs, then installs them into an ESM and a
// CommonJS project outside the workspace, compiles a program there against the shipped types and runs it.
import { strict as assert } from 'node:assert'
import { execFileSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'

const root = path.resolve(fileURLToPath(import.meta.url), '../..')
const bin = (name) => path.join(root, 'node_modules/.bin', name)
const readJson = (file) => JSON.parse(readFileSync(file, 'utf8'))
const { packageManager, devDependencies } = readJson(path.join(root, 'package.json'))

/** The pnpm that runs this script, else the one that the repository names. */
const runner = process.env.npm_execpath ?? ''
const pnpm = /pnpm[^/]*$/.test(runner) ? [process.execPath, runner] : ['npx', '--yes', packageManager]

function run(cwd, command, ...args) {
  console.log(`> ${path.basename(command)} ${args.map((arg) => path.basename(arg)).join(' ')}`)
  execFileSync(command, args, { cwd, stdio: 'inherit' })
}
const runPnpm = (cwd, ...args) => run(cwd, ...pnpm, ...args)

const workshop = mkdtempSync(path.join(tmpdir(), 'campaignkit-packed-'))

function pack(directory) {
  const { name } = readJson(path.join(directory, 'package.json'))
  const destination = path.join(workshop, path.basename(directory))
  mkdirSync(destination)
  runPnpm(directory, 'pack', '--pack-destination', destination)
  const [tarball] = readdirSync(destination)
  return { name, tarball: path.join(destination, tarball) }
}

function consume(kind, packed) {
  const project = path.join(workshop, kind)
  cpSync(path.join(root, '.ci/consumers', kind), project, { recursive: true })
  const manifest = readJson(path.join(project, 'package.json'))
  manifest.dependencies = Object.fromEntries(packed.map(({ name, tarball }) => [name, `file:${tarball}`]))
  const tried = (adapter, name) =>
    readJson(path.join(root, 'packages', adapter, 'node_modules', name, 'package.json')).version
  manifest.devDependencies = {
    '@types/node': '^20.19.0',
    typescript: devDependencies.typescript,
    knex: tried('adapter-postgres', 'knex'),
    'graphile-worker': tried('adapter-postgres', 'graphile-worker'),
    mailparser: tried('adapter-sendgrid', 'mailparser'),
    'smtp-server': tried('adapter-sendgrid', 'smtp-server'),
  }
  writeFileSync(path.join(project, 'package.json'), JSON.stringify(manifest, null, 2))
  runPnpm(
    project,
    'install',
    '--ignore-workspace',
    '--prefer-offline',
    '--strict-peer-dependencies',
    '--no-frozen-lockfile',
  )
  run(project, path.join(project, 'node_modules/.bin/tsc'), '-p', 'tsconfig.json')
  const output = execFileSync(process.execPath, ['--throw-deprecation', 'out/main.js'], {
    cwd: project,
    encoding: 'utf8',
  })
  console.log(output)
  return output
}

/** Runs the first program of the README as a newcomer would: pasted into the project, saved as a module. */
function runReadme(project) {
  const readme = readFileSync(path.join(root, 'README.md'), 'utf8')
  const program = /^```ts\n(.*?)^```$/ms.exec(readme)?.[1] ?? ''
  writeFileSync(path.join(project, 'first.mjs'), program)
  const printed = execFileSync(process.execPath, ['first.mjs'], {
    cwd: project,
    encoding: 'utf8',
    env: { ...process.env, CAMPAIGNKIT_KEY: 'any-text-of-16-characters-or-more' },
  })
  const promised = [...program.matchAll(/^console\.log\(.*\) \/\/ (.*)$/gm)].map(([, text]) => `${text}\n`)
  assert.equal(printed, promised.join(''), 'the first program of the README prints what it says')
}

try {
  runPnpm(root, 'build')
  const directories = readdirSync(path.join(root, 'packages')).map((name) =>
    path.join(root, 'packages', name),
  )
  const packed = directories.map(pack)
  for (const { tarball } of packed) {
    run(root, bin('publint'), tarball, '--strict')
    run(root, bin('attw'), tarball, '--profile', 'node16', '--format', 'ascii')
  }
  const [esm, cjs] = ['esm', 'cjs'].map((kind) => consume(kind, packed))
  assert.equal(cjs, esm, 'both kinds of host get the same exports and the same behaviour')
  runReadme(path.join(workshop, 'esm'))
  console.log('check:packages: every tarball is sound, installs and runs as ESM and as CommonJS')
} finally {
  rmSync(workshop, { recursive: true, force: true })
}
