import { clipped, visible } from '../../contract/visible.ts'
import type { Model } from '../model.ts'
import type { Verdict } from '../verdict.ts'

/** A value of a Java properties file, which is read as Latin-1 and takes other characters as numbers. */
const value = (text: string): string =>
  visible(clipped(text, 500))
    .replaceAll('\\', '\\\\')
    .replaceAll('\n', '\\n')
    .replaceAll('\t', ' ')
    .replace(/[^\x20-\x7e]/g, (found) => `\\u${found.charCodeAt(0).toString(16).padStart(4, '0')}`)

/** What was tested, as Allure's page shows it beside the results. */
export function environmentOf({ facts, end }: Model, { result, causes }: Verdict): string {
  const { source, kubernetesVersion, nodes, cni, proxyMode, ipFamilies } = facts?.cluster ?? { source: '' }
  const all = {
    ...{ result, source, kubernetesVersion, nodes, cni, proxyMode, ipFamilies },
    ...{ flatnet: facts?.flatnetVersion, run: facts?.run, seed: facts?.seed, seconds: end?.seconds },
    ...Object.fromEntries(causes.map(({ says }, i) => [`cause.${i + 1}`, says])),
  }
  const known = Object.entries(all).filter(([, each]) => each !== undefined && each !== '')
  return known.map(([name, each]) => `${name} = ${value([each].flat().join(', '))}\n`).join('')
}

/** The groups of results that did not pass: one for each cause, and one for each kind of result. */
export const categoriesOf = ({ causes }: Verdict): object[] => [
  ...causes.map(({ says }, i) => ({
    name: visible(clipped(`Cause ${i + 1}: ${says}`, 500)),
    messageRegex: `(?s)Explained by cause ${i + 1}: .*`,
    matchedStatuses: ['failed'],
  })),
  { name: 'Broken promises', messageRegex: '(?s)(?!Explained by cause ).*', matchedStatuses: ['failed'] },
  { name: 'Not judged: faults of the suite', matchedStatuses: ['broken'] },
  { name: 'Failed as expected', messageRegex: '(?s)expected failure: .*', matchedStatuses: ['skipped'] },
  { name: 'Not tested', messageRegex: '(?s)(?!expected failure: ).*', matchedStatuses: ['skipped'] },
]
