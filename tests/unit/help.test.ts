import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { Command } from 'commander'
import { buildProgram } from '../../cli/program.ts'

const all = (command: Command): Command[] => [command, ...command.commands.flatMap(all)]

describe('the help', () => {
  const program = buildProgram(() => {})
  const named = (name: string) => all(program).find((command) => command.name() === name) ?? assert.fail(name)

  it('fits into 80 columns', () => {
    for (const command of all(program))
      for (const line of command.helpInformation().split('\n')) assert.ok(line.length <= 80, line)
  })

  it('fits a screen: 24 lines, and 40 for run', () => {
    const lines = (command: Command) => command.helpInformation().trimEnd().split('\n').length
    assert.ok(lines(program) < 24, `${lines(program)} lines`)
    assert.ok(lines(named('run')) <= 40, `${lines(named('run'))} lines`)
  })

  it('has every command, and every flag with what it is about', () => {
    const shown = program.commands.filter((command) => command.name() !== 'on-node')
    for (const command of shown) assert.match(program.helpInformation(), new RegExp(`^  ${command.name()}\\b`, 'm'))
    for (const command of shown.flatMap(all))
      for (const { long, description } of command.options) {
        assert.ok(description, `${command.name()} ${long}`)
        assert.ok(command.helpInformation().includes(`${long}`), `${command.name()} ${long}`)
      }
  })

  it('has examples that are command lines of this program', () => {
    for (const command of all(program)) {
      const examples = command.helpInformation().matchAll(/^ {2}flatnet (.+?)(?: {2,}.*| [|>].*)?$/gm)
      for (const [, line = ''] of examples) {
        // What follows a lone "--" is a command of the user.
        const [word = '', ...rest] = line.split(/ --(?: |$)/)[0]?.split(' ') ?? []
        const target = named(word)
        for (const flag of rest.filter((each) => each.startsWith('--')))
          assert.ok(
            target.options.some(({ long }) => long === flag),
            `${line}: ${flag}`,
          )
      }
    }
  })
})
