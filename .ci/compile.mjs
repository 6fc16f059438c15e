// Bundles programs with the library into plain JavaScript, as a host would run it, and runs the first of them.
import { spawnSync } from 'node:child_process'
import { rmSync } from 'node:fs'
import path from 'node:path'
import { build } from 'tsup'

/**
 * @param programs - sources by the name of the program, the one that is run first
 * @param outDir - where they are compiled to; deleted afterwards
 * @param more - of tsup's options
 */
export async function runCompiled(programs, outDir, more) {
  try {
    await build({
      entry: programs,
      config: false,
      outDir,
      format: 'esm',
      platform: 'node',
      target: 'node20',
      noExternal: [/.*/],
      silent: true,
      outExtension: () => ({ js: '.mjs' }),
      ...more,
    })
    const [name] = Object.keys(programs)
    const program = path.join(outDir, `${name}.mjs`)
    const { status } = spawnSync(process.execPath, [program, ...process.argv.slice(2)], { stdio: 'inherit' })
    process.exitCode = status ?? 1
  } finally {
    rmSync(outDir, { recursive: true })
  }
}
