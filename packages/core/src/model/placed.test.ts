import { describe, expect, it } from 'vitest'
import type { RunId } from '../base/ids.js'
import { sampleCampaign } from '../testing/samples.js'
import { personalChannels, placementsOn, usedChannels } from './placed.js'
import { postId } from './public-placement.js'

const said = { title: 'Two for one', body: 'On Monday' }

describe('public placements', () => {
  const content = sampleCampaign({
    content: {
      ...sampleCampaign().content,
      messages: {
        display: { ...said, placement: ['start-top', 'shop-side'] },
        email: { subject: 'Two for one', text: 'On Monday' },
        social: said,
      },
      delivery: { firstOf: ['email'] },
    },
  }).content

  it('are those that the message names, else one under the name of the channel', () => {
    expect(placementsOn(content, 'social')).toEqual([{ channel: 'social', name: 'social' }])
    expect(placementsOn(content, 'display')).toEqual([
      { channel: 'display', name: 'start-top' },
      { channel: 'display', name: 'shop-side' },
    ])
  })

  it('are used beside the channels to customers, whichever of those works first', () => {
    const placements = [...placementsOn(content, 'social'), ...placementsOn(content, 'display')]
    expect(personalChannels({ content, placements })).toEqual(['email'])
    expect(usedChannels({ content, placements })).toEqual(['email', 'social', 'display'])
    expect(usedChannels({ content, placements: [] })).toEqual(['email'])
  })

  it('have one id each in a run', () => {
    const ids = [...placementsOn(content, 'social'), ...placementsOn(content, 'display')].map((each) =>
      postId('run-1' as RunId, each),
    )
    expect(ids).toEqual(['run-1-social-social', 'run-1-display-start-top', 'run-1-display-shop-side'])
  })
})
