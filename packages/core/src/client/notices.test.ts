import { describe, expect, it } from 'vitest'
import type { CampaignInput } from '../model/campaign.js'
import { everyone } from '../segmentation/builders.js'
import { createRecordingChannel } from '../testing/recording-channel.js'
import { createPizzeria } from './pizzeria.fixture.js'
import { codeOf } from './refusal.fixture.js'

const KINDS = ['push', 'in-app', 'web', 'social', 'display'] as const
const notice = {
  title: 'Hi {{ customer.firstName }}',
  body: '<b>{{ customer.firstName }}</b> & {{ variant }}',
  link: 'https://pizza.example/{{ customer.id }}',
  data: { who: '{{ customer.firstName }}' },
}

function openApp(more: Partial<CampaignInput['messages']> = {}) {
  const channels = Object.fromEntries(KINDS.map((kind) => [kind, createRecordingChannel({ kind })]))
  const { kit, root } = createPizzeria({ channels })
  const create = (messages: CampaignInput['messages']) =>
    kit.campaigns.create({ name: 'App', audience: everyone(), purpose: 'transactional', messages })
  return {
    root,
    kit,
    channels,
    create,
    async begin() {
      await kit.customers.upsert([{ id: 'ada', firstName: '<Ada>\n"A"', addresses: { push: 'token-1' } }])
      return create({ ...Object.fromEntries(KINDS.map((kind) => [kind, notice])), ...more })
    },
  }
}

describe('notices', () => {
  it('are rendered as plain text, previewed as they are sent, with data, place and time to live', async () => {
    const { begin, kit, root, channels } = openApp({
      push: { ...notice, placement: 'offers', timeToLiveSeconds: 60 },
    })
    const { id } = await begin()
    const { message, to } = await kit.campaigns.preview(id, { customerId: 'ada', channel: 'push' })
    expect({ message, to }).toEqual({
      to: 'token-1',
      message: {
        type: 'notice',
        title: 'Hi <Ada> "A"',
        body: '<b><Ada>\n"A"</b> & all',
        link: 'https://pizza.example/ada',
        image: null,
        data: { who: '<Ada>\n"A"' },
        placement: 'offers',
        timeToLiveSeconds: 60,
      },
    })
    await kit.campaigns.launch(id)
    await root.worker().drain()
    expect(channels.push?.sent.map(({ content }) => content)).toEqual([message])
    for (const kind of KINDS.slice(1)) expect(channels[kind]?.sent).toMatchObject([{ to: 'ada' }])
  })

  it('tell where a bad template stands, data among them', async () => {
    const { create } = openApp()
    const refusal = (push: object) =>
      codeOf(() => create({ push: { ...notice, ...push } } as CampaignInput['messages']))
    expect(await refusal({ data: { who: '{{ oops' } })).toBe('TEMPLATE_INVALID messages.push.data.who')
    expect(await refusal({ locales: { it: { data: { who: '{% if %}' } } } })).toBe(
      'TEMPLATE_INVALID messages.push.locales.it.data.who',
    )
    for (const image of ['mailto:a@example.com', '#top', 'cid:x', '/p.png']) {
      expect(await refusal({ image })).toBe('LINK_NOT_ALLOWED messages.push.image')
    }
  })

  it('tell in preflight of a variable that nobody supplies, and of a push beyond what services take', async () => {
    const { begin, kit, root } = openApp({
      push: { ...notice, data: { long: '"'.repeat(2_100), who: '{{ customre.name }}' } },
    })
    const { id } = await begin()
    const { findings, sizes } = await kit.campaigns.preflight(id)
    expect(findings.map(({ code, path }) => [code, path])).toEqual([
      ['unknownVariable', 'messages.push.data.who'],
      ['MESSAGE_TOO_LARGE', 'messages.push'],
    ])
    // each quote is two bytes of the payload
    expect(sizes.find(({ channel }) => channel === 'push')?.bytes).toBeGreaterThan(4_200)
    await kit.campaigns.launch(id)
    await root.worker().drain()
    const { items } = await kit.campaigns.deliveries(id, { status: 'failed' })
    expect(items.map(({ channel, reason }) => [channel, reason])).toEqual([['push', 'MESSAGE_TOO_LARGE']])
  })
})
