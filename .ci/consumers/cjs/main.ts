import * as memory from '@campaignkit/adapter-memory'
import * as sendgrid from '@campaignkit/adapter-sendgrid'
import * as sendgridTesting from '@campaignkit/adapter-sendgrid/testing'
import * as core from '@campaignkit/core'
import * as adapter from '@campaignkit/core/adapter'
import * as endpoints from '@campaignkit/core/endpoints'
import * as statistics from '@campaignkit/core/statistics'
import * as testing from '@campaignkit/core/testing'

const entryPoints = { core, adapter, endpoints, statistics, testing, memory, sendgrid, sendgridTesting }
for (const [name, exported] of Object.entries(entryPoints)) {
  // a CommonJS module seen as a namespace has a `default` besides
  const names = Object.keys(exported).filter((key) => key !== 'default')
  console.log(`${name}: ${names.sort().join(', ')}`)
}
