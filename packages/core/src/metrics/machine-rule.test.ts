import { describe, expect, it } from 'vitest'
import { SAMPLE_NOW } from '../testing/manual-clock.js'
import { isMachine, judged, machineRule } from './machine-rule.js'

const SAFARI =
  'Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148'
const GMAIL = 'Mozilla/5.0 (Windows NT 5.1; rv:11.0) Gecko Firefox/11.0 (via ggpht.com GoogleImageProxy)'

const of = (type: 'opened' | 'clicked', agent: string | null, machineHint: boolean | null = null) =>
  isMachine({ type, at: SAMPLE_NOW, url: null, agent, machineHint })

describe('the rule for machines', () => {
  it.each([
    'Barracuda Sentinel (EE)',
    'Mozilla/5.0 (compatible; proofpoint URLDefense)',
    'Mimecast/1.0',
    'Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko) BingPreview/1.0b',
    'Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)',
    'Slackbot-LinkExpanding 1.0 (+https://api.slack.com/robots)',
    'facebookexternalhit/1.1 Facebot Twitterbot/1.0',
    'WhatsApp/2.23.20.0',
    'curl/8.5.0',
    'python-requests/2.31.0',
    'Go-http-client/2.0',
  ])('knows %s', (agent) => {
    expect([of('opened', agent), of('clicked', agent), of('clicked', agent, false)]).toEqual([
      true,
      true,
      true,
    ])
  })

  it.each([
    SAFARI,
    GMAIL,
    'YahooMailProxy; https://help.yahoo.com/kb/yahoo-mail-proxy-SLN28749.html',
    'Mozilla/5.0 (Linux; Android 9; CUBOT X19) AppleWebKit/537.36 Chrome/120.0.0.0 Mobile Safari/537.36',
    null,
  ])('takes %s for a person', (agent) => {
    expect([of('opened', agent), of('clicked', agent)]).toEqual([false, false])
  })

  it('takes the word of the provider before all else', () => {
    expect([of('opened', SAFARI, true), of('clicked', null, true), of('opened', GMAIL, true)]).toEqual([
      true,
      true,
      true,
    ])
  })

  it('knows the opens of Apple’s privacy proxy, and no click of it', () => {
    expect(of('opened', 'Mozilla/5.0')).toBe(true)
    expect(of('clicked', 'Mozilla/5.0')).toBe(false)
    expect(of('opened', 'Mozilla/5.0', false)).toBe(false)
  })

  it('is not held up by a name that was made to', () => {
    expect(of('clicked', 'a-'.repeat(100))).toBe(false)
  })
})

describe('a judgement', () => {
  const at = SAMPLE_NOW

  it('stands beside what it went by', () => {
    const told = { agent: ` curl/8.5.0\u0007${' x'.repeat(200)}` }
    const { machine, interaction } = judged(machineRule, { type: 'clicked', at }, told)
    expect(machine).toBe(true)
    expect(interaction).toEqual({
      agent: `curl/8.5.0${' x'.repeat(95)}`,
      machineHint: null,
      rule: machineRule.version,
    })
  })

  it('is made of opens and clicks alone', () => {
    const told = { agent: 'curl/8.5.0', machineHint: true }
    expect(judged(machineRule, { type: 'replied', at }, told)).toEqual({ machine: true, interaction: null })
    expect(judged(machineRule, { type: 'replied', at }, {})).toEqual({ machine: false, interaction: null })
  })

  it('is a machine’s only where the rule says true', () => {
    const promised = { version: 'odd', isMachine: () => Promise.resolve(false) as never }
    expect(judged(promised, { type: 'opened', at }, {}).machine).toBe(false)
  })
})
