import { launchedCampaign } from './launched-campaign.fixture.js'

const NOTE = { messages: { email: { subject: 'Hello', text: 'Hello {{ customer.firstName }}' } } }

/** How long others of the process wait at the longest. */
export const blockBenches = [
  {
    stage: 'freezing 100,000 members',
    async prepare() {
      const { freeze } = await launchedCampaign(100_000, NOTE)
      return freeze
    },
  },
  {
    stage: 'sending 20,000 messages',
    async prepare() {
      const { freeze, send } = await launchedCampaign(20_000, NOTE)
      await freeze()
      return async () => void (await send())
    },
  },
]
