// Runs the benches with the arguments given: --only TEXT, --json FILE.
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { runCompiled } from './compile.mjs'

const here = path.dirname(fileURLToPath(import.meta.url))
await runCompiled(
  { main: path.join(here, 'bench/main.ts') },
  mkdtempSync(path.join(tmpdir(), 'campaignkit-bench-')),
  {
    sourcemap: 'inline',
    // packages in CommonJS ask for Node's modules by require
    banner: {
      js: "import { createRequire as requireOf } from 'node:module'; const require = requireOf(import.meta.url);",
    },
  },
)
