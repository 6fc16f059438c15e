// Bundles the benches with the library into plain JavaScript, as a host would run it, and runs them with the
// arguments given: --only TEXT, --json FILE.
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'tsup'

const here = path.dirname(fileURLToPath(import.meta.url))
const outDir = mkdtempSync(path.join(tmpdir(), 'campaignkit-bench-'))
try {
  await build({
    entry: [path.join(here, 'bench/main.ts')],
    config: false,
    outDir,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    noExternal: [/.*/],
    sourcemap: 'inline',
    silent: true,
    outExtension: () => ({ js: '.mjs' }),
    // packages in CommonJS ask for Node's modules by require
    banner: {
      js: "import { createRequire as requireOf } from 'node:module'; const require = requireOf(import.meta.url);",
    },
  })
  const program = path.join(outDir, 'main.mjs')
  const { status } = spawnSync(process.execPath, [program, ...process.argv.slice(2)], {
    stdio: 'inherit',
  })
  process.exitCode = status ?? 1
} finally {
  rmSync(outDir, { recursive: true })
}
