// The unit, conformance and packed-consumer tests on Node 24, which comes from the registry for the purpose.
import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'

const root = path.resolve(fileURLToPath(import.meta.url), '../..')
const place = mkdtempSync(path.join(tmpdir(), 'campaignkit-node24-'))
const bin = path.join(place, 'node_modules/.bin')
const env = { ...process.env, PATH: `${bin}${path.delimiter}${process.env.PATH}` }

function run(command, ...args) {
  execFileSync(command, args, { cwd: root, stdio: 'inherit', env })
}

try {
  run('npm', 'install', '--prefix', place, '--no-save', '--no-audit', '--no-fund', 'node@24')
  const node = path.join(bin, 'node')
  run(node, '--version')
  const vitest = path.join(root, 'node_modules/vitest/vitest.mjs')
  run(
    node,
    vitest,
    'run',
    '--project',
    'core',
    '--project',
    'packages',
    '--exclude',
    '**/*.int.test.ts',
    '--typecheck.enabled=false',
  )
  run(node, path.join(root, '.ci/check-packages.mjs'))
} finally {
  rmSync(place, { recursive: true, force: true })
}
