import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { EXIT } from '../../contract/exit.ts'
import { nodesFor } from '../../prover/plan.ts'
import { Worker } from '../../prover/pool.ts'
import type { Proving } from '../../prover/prove.ts'
import type { Progress } from '../progress.ts'
import { wrap } from '../terminal.ts'

/** Keeps one fault in until Ctrl-C, and says how to look around. */
export async function holdOne(proving: Proving, workers: Worker[], progress: Progress): Promise<number> {
  const { settings, known, faults, seed, onLine } = proving
  const [fault] = faults
  if (!fault) return EXIT.ok
  const worker = new Worker(onLine)
  workers.push(worker)
  const { nodes } = await worker.open(settings, known)
  const [node = ''] = nodesFor(fault, nodes, seed, false)
  const { around, trouble, unfit } = await worker.ask({ do: 'hold', fault: fault.id, node })
  if (!around) {
    progress.say(`flatnet: ${trouble ?? unfit ?? 'it did not take'}.`)
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
      ...wrap(`${fault.id} is in on ${node}: ${fault.says}`, 80),
      '',
      `  the cluster   export KUBECONFIG=${kubeconfig}`,
      // The pod is this prover's own: another run would make others.
      ...(fault.where === 'one pod' ? [] : ['  its verdict   flatnet run']),
      `  the node      ${around.shell.join(' ')} sh`,
      '',
      'Ctrl-C takes it out again.',
      '',
    ].join('\n'),
  )
  // Ctrl-C ends this; so does the end of the world that it is in.
  const alive = setInterval(() => {}, 60_000)
  await new Promise<void>((resolve) => {
    const look = setInterval(() => {
      if (worker.alive) return
      clearInterval(look)
      resolve()
    }, 500)
  })
  clearInterval(alive)
  progress.say('flatnet: the world that the fault was in has ended.')
  return EXIT.inconclusive
}
