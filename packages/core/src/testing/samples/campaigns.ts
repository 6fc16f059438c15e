import { digestOf } from '../../base/digest.js'
import { type Campaign, type CampaignInput, campaignDraftSchema } from '../../model/campaign.js'
import type { JournalEntry } from '../../model/journal.js'
import type { Member } from '../../model/member.js'
import { parseInput } from '../../model/parse.js'
import type { Run } from '../../model/run.js'
import { asId, type Overrides } from '../as-id.js'
import { SAMPLE_NOW } from '../manual-clock.js'

const RUN = { id: 'run-1', campaignId: 'campaign-1' }
const CUSTOMER = 'customer-1'

/** A draft of one e-mail to everyone. `content` is parsed, so it takes what a host would write. */
export function sampleCampaign(
  overrides: Overrides<Omit<Campaign, 'content'>> & { readonly content?: Partial<CampaignInput> } = {},
): Campaign {
  const { content, id = RUN.campaignId, ...fields } = overrides
  return {
    handle: 'C4MP',
    salt: 'salt-1',
    content: parseInput(campaignDraftSchema, {
      name: `We miss you (${id})`,
      audience: { type: 'everyone' },
      messages: { email: { subject: 'We miss you', text: 'Come back' } },
      ...content,
    }),
    status: 'draft',
    version: 1,
    digest: null,
    pinnedAudience: null,
    pinnedStrata: null,
    placements: [],
    createdAt: SAMPLE_NOW,
    updatedAt: SAMPLE_NOW,
    startsAt: null,
    launchedAt: null,
    endedAt: null,
    statusReason: null,
    archivedAt: null,
    rollout: null,
    ...fields,
    id: asId(id),
  }
}

/** An open run whose freezing has not begun. */
export function sampleRun(overrides: Overrides<Run> = {}): Run {
  return {
    occurrence: 'launch',
    scheduledFor: SAMPLE_NOW,
    freeze: { phase: 'matching', after: null, scanned: 0 },
    status: 'open',
    version: 1,
    createdAt: SAMPLE_NOW,
    endedAt: null,
    firstEndedAt: null,
    ...overrides,
    id: asId(overrides.id ?? RUN.id),
    campaignId: asId(overrides.campaignId ?? RUN.campaignId),
  }
}

/** A member who was matched and reached by e-mail, not yet ranked. The rank key is made from the customer's id. */
export function sampleMember(overrides: Overrides<Member> = {}): Member {
  const customerId = overrides.customerId ?? CUSTOMER
  return {
    rankKey: digestOf('salt-1', customerId),
    rank: null,
    dueAt: SAMPLE_NOW,
    arm: null,
    exclusion: null,
    channels: overrides.exclusion ? [] : ['email'],
    tags: ['vip'],
    segments: [],
    ...overrides,
    runId: asId(overrides.runId ?? RUN.id),
    customerId: asId(customerId),
  }
}

/** A journal entry about a campaign. */
export function sampleJournalEntry(overrides: Overrides<JournalEntry> = {}): JournalEntry {
  return {
    id: 'journal-1',
    at: SAMPLE_NOW,
    actor: { id: 'u-17', kind: 'user', roles: ['marketer'] },
    action: 'campaign.edit',
    subject: { type: 'campaign', id: RUN.campaignId },
    reason: null,
    before: null,
    after: null,
    ...overrides,
  }
}
