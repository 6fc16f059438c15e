import { type Customer, type CustomerId, createCampaignKit, type Scope } from '@campaignkit/core'
import type { Delivery, Member, RunId, Storage } from '@campaignkit/core/adapter'
import {
  brokenPlanners,
  ConformanceFailure,
  createRecordingChannel,
  storageConformance,
} from '@campaignkit/core/testing'
import fc from 'fast-check'
import type { Knex } from 'knex'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
