import { readFileSync } from 'node:fs'
import path from 'node:path'
import { expect, it } from 'vitest'
import { ERRORS_PAGE, errorsPage } from './errors-page.js'
import { ROOT } from './example-blocks.js'

it('the page of errors names every code: pnpm docs:errors writes it', () => {
  expect(readFileSync(path.join(ROOT, ERRORS_PAGE), 'utf8')).toBe(errorsPage())
})
