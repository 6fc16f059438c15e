import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { classifySmtp } from '../smtp/classify-smtp.js'
import type { SmtpStage } from '../smtp/smtp-evidence.js'
import { classifyHttp } from '../web-api/classify-http.js'
import { judge } from './judge.js'

const PAGE = readFileSync(new URL('../../../../docs/guide/sendgrid.md', import.meta.url), 'utf8')
const TABLE = PAGE.slice(PAGE.indexOf('## What every failure means'), PAGE.indexOf('## The webhook'))
const ROWS = [...TABLE.matchAll(/^\| ((?:SMTP|Web API|lost)[^|]*) \| `([^`|]+)` \| ([^|]+) \|$/gm)].map(
  ([, name = '', example = '', means = '']) => [name, example, means] as const,
)

/** What an example of the page is judged to be. */
function judged(example: string) {
  const lost = /^((?:smtp|http)-\w+) at (\w+)$/.exec(example)
  if (lost !== null) {
    const [, code = '', stage = ''] = lost
    return judge({ of: 'lost', code, word: code, stage: stage as SmtpStage })
  }
  const smtp = /^(\w+): (\d{3} .+)$/.exec(example)
  if (smtp !== null) return classifySmtp({ type: 'reply', stage: smtp[1] as SmtpStage, reply: smtp[2] ?? '' })
  const [, status, message = '', field = ''] = /^(\d{3}) (.+?)(?: \((\S+)\))?$/.exec(example) ?? []
  return classifyHttp({
    type: 'answer',
    status: Number(status),
    errors: [{ message, field }],
    retryAfterMs: null,
  })
}

describe('the table of failures', () => {
  it('stands on the page with an example of each case', () => {
    expect(ROWS.length).toBeGreaterThan(25)
  })

  it.each(ROWS)('%s: %s is %s', (_, example, means) => {
    const result = judged(example)
    const more = [
      ...(result.outcome === 'permanent' && result.suppress ? ['suppress'] : []),
      ...((result.outcome === 'transient' || result.outcome === 'unknown') && result.outage
        ? ['outage']
        : []),
    ]
    expect([result.outcome, ...more].join(', ')).toBe(means)
  })
})
