import { mkdtempSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Writable } from 'node:stream'
import { describe, expect, it } from 'vitest'
import type { Figures } from './figures.js'
import type { ProviderName } from './providers.js'
import { runDemo } from './run-demo.js'

const screen = () => new Writable({ write: (_piece, _encoding, done) => done() })

/** Runs a small demo over a provider. */
function demoOver(provider: ProviderName, customers: number) {
  const out = mkdtempSync(join(tmpdir(), 'campaignkit-demo-'))
  const sized = { seed: 3, customers, mailsPerMinute: 100 }
  return runDemo({ ...sized, out, json: true, storage: 'memory', workers: 0, list: null, provider }, screen())
}

function reportOf({ artefacts }: Figures): { readonly counts: Readonly<Record<string, number>> } {
  return JSON.parse(readFileSync(artefacts['report.json'] ?? '', 'utf8'))
}

describe('the demo over providers of its own', () => {
  it('reaches over SendGrid whom it reaches over SMTP; closed mailboxes bounce later in place of being refused at once', async () => {
    const overSmtp = await demoOver('smtp', 300)
    const overApi = await demoOver('fake-sendgrid', 300)
    expect(overApi.funnel).toEqual(overSmtp.funnel)
    expect(overSmtp.failed).toBeGreaterThan(0)
    expect(overApi).toMatchObject({ failed: 0, sent: overSmtp.sent + overSmtp.failed })
    expect(overApi.world.opened).toBe(overSmtp.world.opened)
    expect(reportOf(overApi).counts).toMatchObject({ delivered: overSmtp.sent, bounced: overSmtp.failed })
  })

  it('writes to phones over Twilio, which tells of dead numbers, and hears who wants no more', async () => {
    const figures = await demoOver('fake-twilio', 600)
    const { counts } = reportOf(figures)
    expect(figures.sent).toBe(figures.funnel.recipients)
    expect(counts.bounced).toBeGreaterThan(0)
    expect((counts.delivered ?? 0) + (counts.bounced ?? 0)).toBe(figures.sent)
    expect(figures.world.unsubscribed).toBeGreaterThan(0)
    expect(counts.unsubscribed).toBe(figures.world.unsubscribed)
    expect(figures.world.redeemed).toBeGreaterThan(0)
    expect(figures.artefacts['message.json']).toBeDefined()
  })
})
