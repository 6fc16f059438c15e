import * as z from 'zod'

/** How urgent a campaign is beside others that wait for a worker: 1 to 9, the higher first. */
export type Priority = number

/** The priority of a campaign that names none. */
export const DEFAULT_PRIORITY: Priority = 5

export const prioritySchema = z.int().min(1).max(9)
