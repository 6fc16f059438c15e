// Runs the benches on PostgreSQL with the arguments given. What they fork is compiled beside them; third parties stay as
// they are installed.
import { mkdirSync, mkdtempSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { runCompiled } from './compile.mjs'

const here = path.dirname(fileURLToPath(import.meta.url))
const programs = ['main', 'delivery-worker', 'bare-delivery']
const OURS = /^(?:[./]|@campaignkit\/)/

/** Has the compiled code import each package from where the sources would. */
const thirdParties = {
  name: 'third-parties',
  setup({ onResolve, resolve }) {
    onResolve({ filter: /./ }, async ({ path: asked, kind, importer, resolveDir, pluginData }) => {
      if (kind === 'entry-point' || OURS.test(asked) || pluginData === thirdParties) return undefined
      const found = await resolve(asked, { kind, importer, resolveDir, pluginData: thirdParties })
      if (found.external || found.errors.length > 0) return found
      return { path: pathToFileURL(found.path).href, external: true }
    })
  },
}

// below the project, so that what is asked for by require is found
const cache = path.join(here, '../node_modules/.cache')
mkdirSync(cache, { recursive: true })
await runCompiled(
  Object.fromEntries(programs.map((name) => [name, path.join(here, `bench/postgres/${name}.ts`)])),
  mkdtempSync(path.join(cache, 'bench-postgres-')),
  {
    esbuildPlugins: [thirdParties],
    esbuildOptions: (options) => {
      // as Node resolves them
      options.conditions = ['node']
    },
  },
)
