import type { CampaignReport } from '../../model/report.js'
import { html, type Markup } from './markup.js'
import { outside } from './table.js'
import { CHANNEL_WORDS, SOURCE_WORDS } from './words.js'

const WORDS: readonly (readonly [term: string, meaning: string])[] = [
  ['Delivered, bounced', 'of the messages sent, as the provider reports them.'],
  [
    'Opened',
    'people who opened, of the messages seen; opens by mail scanners and privacy proxies are left out.',
  ],
  ['Click rate', 'clicks of people, of the messages seen.'],
  ['Conversion rate', 'conversions of people who were written to, of the clicks.'],
  ['Coupons redeemed', 'redemptions less those given back, of the people to whom a message was sent.'],
  [
    'People who converted',
    'members who did what the experiment asks for, of all members of the arm, or of all variants; most never click.',
  ],
  ['Return on cost', '(revenue − cost) ÷ cost in percent; a very large one is told as revenue ÷ cost.'],
  [
    'Earned by itself',
    'revenue of a person who got the campaign less that of a person who got nothing, times the people who got it.',
  ],
  ['Cost per click, per conversion', 'cost ÷ clicks of people, cost ÷ conversions.'],
  ['–', 'was not measured, which is not the same as none.'],
]

/** What the words of the page mean, and where it comes from. */
export function definitions({ channels, campaign }: CampaignReport): Markup {
  const sources = channels.map(({ channel, impressionSource }) => {
    return html`<dt>Seen (${CHANNEL_WORDS[channel]})</dt> <dd>${SOURCE_WORDS[impressionSource]}.</dd>
`
  })
  const words = WORDS.map(
    ([term, meaning]) => html`<dt>${term}</dt> <dd>${meaning}</dd>
`,
  )
  const digest = campaign.digest === null ? null : html` · content ${campaign.digest.slice(0, 12)}`
  return html`<footer>
<h2>How to read this</h2>
<dl class="definitions">
${sources}${words}</dl>
<p>Campaign ${outside(campaign.id)}${digest} · all times in UTC</p>
</footer>
`
}
