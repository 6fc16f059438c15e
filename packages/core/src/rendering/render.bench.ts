import { Liquid } from 'liquidjs'
import { sampleCustomer } from '../testing/samples.js'
import { compileMessage } from './compile-message.js'
import { LETTER } from './letter.fixture.js'
import type { RenderView } from './view.js'

const MESSAGES = 500

const customer = sampleCustomer()
const view: RenderView = {
  customer,
  campaign: { id: 'c', name: 'We miss you', type: 'win-back' },
  variant: 'plain',
  coupon: null,
  data: {},
  unsubscribeUrl: 'https://go.pizza.example/u/1',
  preferencesUrl: 'https://go.pizza.example/p/1',
  oneClickUrl: 'https://go.pizza.example/u/1',
  track: (url) => url,
  openPixelUrl: null,
  now: 0,
  timeZone: 'UTC',
}

function times(count: number, work: () => void): number {
  for (let time = 0; time < count; time += 1) work()
  return count
}

export const renderBench = {
  stage: 'render an e-mail of 10 KB',
  unit: 'message',
  bareName: 'liquidjs alone, precompiled',
  goal: {},
  prepare() {
    const liquid = new Liquid({ outputEscape: 'escape' })
    const templates = Object.values(LETTER).map((source) => liquid.parse(source))
    const scope = { customer: { ...customer, ...customer.attributes } }
    const message = compileMessage('email', LETTER, {
      html: { links: () => [], looks: () => ({ images: [], texts: [] }), toText: (source) => source },
      marketing: true,
      trackClicks: true,
      trackOpens: false,
      utm: null,
      qrEmbedding: 'cid',
    })
    return {
      ours: () => () => times(MESSAGES, () => message.render(view)),
      bare: () => () =>
        times(MESSAGES, () => {
          for (const template of templates) liquid.renderSync(template, scope)
        }),
    }
  },
}
