import * as memory from '@campaignkit/adapter-memory'
import * as postgres from '@campaignkit/adapter-postgres'
import * as postgresGraphile from '@campaignkit/adapter-postgres/graphile'
import * as sendgrid from '@campaignkit/adapter-sendgrid'
import * as sendgridTesting from '@campaignkit/adapter-sendgrid/testing'
import * as twilio from '@campaignkit/adapter-twilio'
import * as twilioTesting from '@campaignkit/adapter-twilio/testing'
import * as core from '@campaignkit/core'
import * as adapter from '@campaignkit/core/adapter'
import * as endpoints from '@campaignkit/core/endpoints'
import * as statistics from '@campaignkit/core/statistics'
import * as templates from '@campaignkit/core/templates'
import * as testing from '@campaignkit/core/testing'

const entryPoints = {
  core,
  adapter,
  endpoints,
  statistics,
  templates,
  testing,
  memory,
  postgres,
  postgresGraphile,
  sendgrid,
  sendgridTesting,
  twilio,
  twilioTesting,
}
for (const [name, exported] of Object.entries(entryPoints)) {
  // a CommonJS module seen as a namespace has a `default` besides
  const names = Object.keys(exported).filter((key) => key !== 'default')
  console.log(`${name}: ${names.sort().join(', ')}`)
}

async function main(): Promise<void> {
  const channel = testing.createRecordingChannel()
  const root = core.createCampaignKit({
    storage: memory.createMemoryStorage(),
    channels: { email: channel },
    publicUrl: 'https://go.pizza.example',
    secrets: [{ id: '2026a', key: 'a secret of a packed consumer' }],
    clock: testing.createManualClock({ auto: true }),
    random: testing.createSeededRandom('consumer'),
  })
  const kit = root.as({ tenant: 'pizzeria', actor: { id: 'u-17', kind: 'user' } })
  await kit.customers.importCsv('id,mail\nc-1,ada@example.com\n', {
    map: { id: { path: 'id', as: 'text' }, mail: { path: 'email', as: 'text' } },
    consent: { channel: 'email', topic: 'offers', basis: 'form', obtainedAt: '2026-01-01T00:00:00Z' },
  })
  const campaign = await kit.campaigns.create({
    name: 'Packed',
    audience: core.everyone(),
    messages: { email: { subject: 'Hello {{ customer.id }}', html: '<p>{{ coupon.reward }}</p>{{ qr }}' } },
    coupon: { reward: { kind: 'percent', value: 30 } },
  })
  await kit.campaigns.launch(campaign.id)
  await root.worker().drain()
  const report = await kit.reports.campaign(campaign.id)
  console.log(channel.sent.length, report.counts.sent, report.campaign.status)
  const refused = await kit.campaigns
    .create({ ...campaign.content, name: 'Packed' })
    .catch((thrown: unknown) => thrown)
  console.log(
    adapter.isCampaignKitError(refused, 'CAMPAIGN_NAME_TAKEN'),
    refused instanceof core.CampaignKitError,
  )
  await root.close()
}

main().catch((thrown: unknown) => {
  console.error(thrown)
  process.exitCode = 1
})
