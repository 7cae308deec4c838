import { examine } from '../../cluster/doctor/examine.ts'
import { machineChecks } from '../../cluster/sources/machine.ts'
import { printedJson, withoutCommands } from '../../contract/visible.ts'
import { readSpecification } from '../../suite/features.ts'
import { diagnose, EXIT_OF } from '../doctor/diagnosis.ts'
import { diagnosisLines } from '../doctor/lines.ts'
import { kebab } from '../init/schema.ts'
import { readSettings } from '../settings.ts'
import { painter } from '../terminal.ts'

/**
 * `flatnet doctor`: says what a run can test on this cluster and from this machine, what is missing, and how to get it. It creates nothing.
 * Gives 0 if all of core can be tested, 3 if a part of it cannot, 2 if a run is not possible.
 */
export async function doctor(flags: Record<string, unknown>): Promise<number> {
  const settings = readSettings(flags, [])
  const { cluster } = settings
  const { rows } = readSpecification()
  const [machine, examined] = await Promise.all([
    machineChecks(settings),
    cluster === 'current' ? examine(settings) : { source: `--cluster ${cluster}`, checks: [] },
  ])
  const diagnosis = diagnose(rows, machine, examined)
  const lines = () => diagnosisLines(diagnosis, commandOf(flags), painter(process.stdout)).join('\n')
  process.stdout.write(settings.json ? printedJson(diagnosis) : `${withoutCommands(lines())}\n`)
  return EXIT_OF[diagnosis.result]
}

/** The command of a run with the same flags. */
function commandOf(flags: Record<string, unknown>): string {
  const words = Object.entries(flags).filter(([name]) => name !== 'json')
  return [
    'flatnet run',
    ...words.map(([name, value]) => (value === true ? `--${kebab(name)}` : `--${kebab(name)} ${value}`)),
  ].join(' ')
}
