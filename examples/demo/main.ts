import process from 'node:process'
import { isCampaignKitError } from '@campaignkit/core'
import { measureCoverage } from './coverage.js'
import { type Command, HELP, parseCommand } from './options.js'
import { runDemo } from './run-demo.js'
import { UsageError } from './usage-error.js'

process.exitCode = await main(process.argv.slice(2))

/** @returns the exit code: 0, 1 when the list cannot be used, 2 for a command line that makes no sense */
async function main(args: readonly string[]): Promise<number> {
  let command: Command
  try {
    command = parseCommand(args)
  } catch (thrown) {
    return complain(thrown, 2)
  }
  try {
    await obey(command)
    return 0
  } catch (thrown) {
    return complain(thrown, 1)
  }
}

async function obey(command: Command): Promise<void> {
  if (command.type === 'help') {
    process.stdout.write(HELP)
    return
  }
  const { options } = command
  const screen = options.json ? process.stderr : process.stdout
  const figures =
    command.type === 'coverage'
      ? await measureCoverage(options, command.seeds, screen)
      : await runDemo(options, screen)
  if (options.json) process.stdout.write(`${JSON.stringify(figures, null, 2)}\n`)
}

/** What a person can put right is told in a line; anything else is a fault of ours and shows its stack. */
function complain(thrown: unknown, code: number): number {
  if (thrown instanceof UsageError)
    process.stderr.write(`${thrown.message}\n${code === 2 ? 'See --help\n' : ''}`)
  else if (isCampaignKitError(thrown)) process.stderr.write(`${thrown.code}: ${thrown.message}\n`)
  else throw thrown
  return code
}
