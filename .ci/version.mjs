// `changeset version`, kept below 1.0: changesets makes a release major as soon as a peer leaves its range, and
// before 1.0 every minor of core does. So the peer ranges are widened while it counts, and put back after.
import { execFileSync } from 'node:child_process'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'

const KEPT = '"@campaignkit/core": "workspace:^"'
const WIDE = '"@campaignkit/core": "workspace:>=0.0.0 <1.0.0"'

const manifests = readdirSync('packages')
  .filter((name) => name.startsWith('adapter-'))
  .map((name) => `packages/${name}/package.json`)

function replaceAll(from, to) {
  for (const manifest of manifests) {
    writeFileSync(manifest, readFileSync(manifest, 'utf8').replaceAll(from, to))
  }
}

replaceAll(KEPT, WIDE)
try {
  execFileSync('changeset', ['version'], { stdio: 'inherit' })
} finally {
  replaceAll(/"@campaignkit\/core": "workspace:[^"]*"/g, KEPT)
}
