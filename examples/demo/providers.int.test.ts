import { mkdtempSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Writable } from 'node:stream'
import { describe, expect, it } from 'vitest'
import { runDemo } from './run-demo.js'

const screen = () => new Writable({ write: (_piece, _encoding, done) => done() })

describe('the demo over a SendGrid of its own', () => {
  it('reaches whom it reaches over SMTP; closed mailboxes bounce later in place of being refused at once', async () => {
    const demo = (provider: 'smtp' | 'fake-sendgrid') => {
      const out = mkdtempSync(join(tmpdir(), 'campaignkit-demo-'))
      const common = {
        seed: 3,
        customers: 300,
        mailsPerMinute: 100,
        json: true,
        storage: 'memory',
        list: null,
      } as const
      return runDemo({ ...common, out, provider }, screen())
    }
    const overSmtp = await demo('smtp')
    const overApi = await demo('fake-sendgrid')
    expect(overApi.funnel).toEqual(overSmtp.funnel)
    expect(overSmtp.failed).toBeGreaterThan(0)
    expect(overApi).toMatchObject({ failed: 0, sent: overSmtp.sent + overSmtp.failed })
    expect(overApi.world.opened).toBe(overSmtp.world.opened)
    const report = JSON.parse(readFileSync(overApi.artefacts['report.json'] ?? '', 'utf8'))
    expect(report.counts).toMatchObject({ delivered: overSmtp.sent, bounced: overSmtp.failed })
  })
})
