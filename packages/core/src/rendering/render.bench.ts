import { Liquid } from 'liquidjs'
import { bench, describe } from 'vitest'
import { sampleCustomer } from '../testing/samples.js'
import { compileMessage } from './compile-message.js'
import type { RenderView } from './view.js'

const row =
  '<tr><td style="padding:8px;font-family:Arial">Dear {{ customer.firstName }}, have a {{ customer.favourite | upcase }}!' +
  '{% if customer.facts.orderCount > 2 %} You ordered {{ customer.facts.orderCount }} times.{% endif %}</td></tr>\n'
const html = `<html><body><table>\n${row.repeat(44)}</table>{{ data.note }}</body></html>`
const subject = 'We miss you, {{ customer.firstName }}'
const text = 'Dear {{ customer.firstName }}, come back. {{ data.note }}'

const customer = sampleCustomer()
const view: RenderView = {
  customer,
  campaign: { id: 'c', name: 'We miss you', type: 'win-back' },
  variant: 'plain',
  coupon: null,
  data: { note: 'See you' },
  unsubscribeUrl: 'https://go.pizza.example/u/1',
  oneClickUrl: 'https://go.pizza.example/u/1',
  track: (url) => url,
  openPixelUrl: null,
  now: 0,
  timeZone: 'UTC',
}

describe(`rendering ${Math.round(html.length / 1_024)} KB of html, a subject and a text`, () => {
  const bare = new Liquid({ outputEscape: 'escape' })
  const templates = [subject, html, text].map((source) => bare.parse(source))
  const scope = { customer: { ...customer, ...customer.attributes }, data: view.data }

  bench('liquidjs alone, precompiled', () => {
    for (const template of templates) bare.renderSync(template, scope)
  })

  const message = compileMessage(
    'email',
    { subject, html, text },
    {
      html: { links: () => [], toText: (source) => source },
      marketing: true,
      trackClicks: true,
      trackOpens: false,
      qrEmbedding: 'cid',
    },
  )

  bench('compileMessage().render', () => {
    message.render(view)
  })
})
