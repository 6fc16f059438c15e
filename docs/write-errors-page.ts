import { writeFileSync } from 'node:fs'
import path from 'node:path'
import { ERRORS_PAGE, errorsPage } from './errors-page.js'
import { ROOT } from './example-blocks.js'

writeFileSync(path.join(ROOT, ERRORS_PAGE), errorsPage())
