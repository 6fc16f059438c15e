import type { Run } from '../../model/run.js'
import type { Scope } from '../../model/scope.js'
import type { AudiencePlan, DatabasePlanner, Stretch } from '../../ports/storage/database-planner.js'
import { SAMPLE_NOW } from '../manual-clock.js'
import { sampleConsent, sampleCustomer, sampleRun } from '../samples.js'
import { conformanceCase, type StorageCase, type StorageSubject } from './conformance-case.js'
import { expectPresent, expectThat } from './expectations.js'
import { freshEntry, seedCampaign, seedCustomers } from './seeds.js'

const { id: RUN } = sampleRun()
const NOW = SAMPLE_NOW
const MOST_STRETCHES = 1_000

/** Everybody, by e-mail about offers. */
export const PLAN: AudiencePlan = {
  criteria: { type: 'everyone' },
  asOf: NOW,
  channels: ['email'],
  topic: 'offers',
  salt: '5d41402abc4b2a76b9719d911017c592',
  segments: [],
}

/** A case that is asked of those who plan in the database. */
export const plannerCase = (
  name: string,
  run: (subject: StorageSubject, planner: DatabasePlanner) => Promise<void>,
): StorageCase =>
  conformanceCase(`databasePlanner: ${name}`, ['plansInDatabase'], async (subject) =>
    run(subject, expectPresent(subject.storage.databasePlanner, 'a planner of audiences')),
  )

/** Divides the run of the samples, of which nothing is planned. @returns it as it then stands */
export async function divideRun(
  { storage, ours }: StorageSubject,
  planner: DatabasePlanner,
  plan: AudiencePlan = PLAN,
  size = 1_000,
): Promise<Run> {
  const run = expectPresent(await storage.campaigns.getRun(ours, RUN), 'the run')
  const freeze = { phase: 'planning', planned: 0, scanned: 0 } as const
  const moved: Run = { ...run, freeze, version: run.version + 1 }
  await planner.divide(ours, moved, plan, size)
  return moved
}

/** All stretches of the run of the samples. */
export async function stretchesOf(planner: DatabasePlanner, scope: Scope): Promise<readonly Stretch[]> {
  const stretches: Stretch[] = []
  for (let number = 0; number < MOST_STRETCHES; number += 1) {
    const stretch = await planner.stretch(scope, RUN, number)
    if (stretch === null) return stretches
    stretches.push(stretch)
  }
  expectThat(false, 'a last stretch', MOST_STRETCHES)
  return stretches
}

/** Customers with these ids, each of whom allowed e-mails about offers, and a campaign with a run. */
export async function seedPeople(subject: StorageSubject, ids: readonly string[]): Promise<void> {
  const { storage, ours } = subject
  await seedCampaign(storage, ours)
  const people = ids.map((id) => sampleCustomer({ id }))
  await seedCustomers(subject, storage.customers, ours, people)
  const consents = people.map(({ id }) => sampleConsent({ customerId: id }))
  await storage.consents.record(ours, consents, freshEntry())
}
