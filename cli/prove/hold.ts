import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { EXIT } from '../../contract/exit.ts'
import { needsOf } from '../../contract/row.ts'
import { nodesFor } from '../../prover/plan.ts'
import { Worker } from '../../prover/pool.ts'
import type { Proving } from '../../prover/prove.ts'
import type { Progress } from '../progress.ts'
import { wrap } from '../terminal.ts'

/** Keeps one fault in place until Ctrl-C, and prints how to inspect the cluster. Gives the exit code. */
export async function holdOne(proving: Proving, workers: Worker[], progress: Progress): Promise<number> {
  const { settings, known, faults, rows, seed, onLine } = proving
  const [fault] = faults
  if (!fault) return EXIT.ok
  const worker = new Worker(onLine)
  workers.push(worker)
  const { nodes } = await worker.open(settings, known, needsOf(rows))
  const [node = ''] = nodesFor(fault, nodes, seed, false)
  const { around, trouble, unfit } = await worker.ask({ do: 'hold', fault: fault.id, node })
  if (!around) {
    progress.say(`flatnet: ${trouble ?? unfit ?? 'the fault did not take effect'}.`)
    return EXIT.inconclusive
  }
  const folder = mkdtempSync(join(tmpdir(), 'flatnet-'))
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }))
  const kubeconfig =
    around.kubeconfig.includes('\n') || around.kubeconfig.startsWith('{')
      ? join(folder, 'kubeconfig')
      : around.kubeconfig
  if (kubeconfig !== around.kubeconfig) writeFileSync(kubeconfig, around.kubeconfig, { mode: 0o600 })
  progress.clear()
  process.stdout.write(
    [
      ...wrap(`${fault.id} is in place on ${node}: ${fault.says}`, 80),
      '',
      `  the cluster   export KUBECONFIG=${kubeconfig}`,
      // Such a fault breaks a pod of this prover, and a run would test its own pods.
      ...(fault.where === 'one pod' ? [] : ['  its verdict   flatnet run']),
      `  the node      ${around.shell.join(' ')} sh`,
      '',
      'Ctrl-C removes the fault.',
      '',
    ].join('\n'),
  )
  // This ends with Ctrl-C, or with the worker.
  const alive = setInterval(() => {}, 60_000)
  await new Promise<void>((resolve) => {
    const look = setInterval(() => {
      if (worker.alive) return
      clearInterval(look)
      resolve()
    }, 500)
  })
  clearInterval(alive)
  progress.say('flatnet: the cluster with the fault has ended.')
  return EXIT.inconclusive
}
