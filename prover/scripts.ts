import type { NodeStep } from '../faults/fault.ts'

/** Path of the undo script of a fault on a node. */
export const noteOf = (fault: string, node: string): string => `/run/flatnet-undo-${fault}-${node}.sh`

/** Locks the undo script, because a killed prover may have left a script that still injects or removes the fault. */
const LOCK = 'flock -w 30 9 || :'

/** The commands that undo a fault on a node, the last step first. A step may be undone already. */
const undo = (steps: readonly Pick<NodeStep, 'out'>[]) => [...steps].reverse().map(({ out }) => `(\n${out}\n) || :`)

/** A step on a node. A step without `in` is injected by other means, and only its undo script is written. */
export type OnNode = Omit<NodeStep, 'in'> & { in?: string }

/** The script that writes the undo script, injects the fault, and fails if the fault is not visible afterwards. */
export const putScript = (fault: string, node: string, steps: readonly OnNode[]): string => {
  const ours = steps.filter((step): step is NodeStep => step.in !== undefined)
  return [
    `exec 9>>${noteOf(fault, node)}\n${LOCK}`,
    `cat > ${noteOf(fault, node)} <<'FLATNET-UNDO'\n${undo(steps).join('\n')}\nrm -f ${noteOf(fault, node)}\nFLATNET-UNDO`,
    ...ours.map((step) => `(\n${step.in}\n)`),
    ...ours.map(
      ({ shows }) =>
        `if (\n${shows}\n) >/dev/null 2>&1; then :; else echo 'the fault is not visible after its injection' >&2; exit 42; fi`,
    ),
  ].join('\n')
}

/** The script that removes a fault. It fails and keeps the undo script if a part of the fault is still visible. */
export const takeScript = (fault: string, node: string, steps: readonly OnNode[]): string =>
  [
    `if [ -e ${noteOf(fault, node)} ]; then\nexec 9<${noteOf(fault, node)}\n${LOCK}\nfi`,
    ...undo(steps),
    ...steps.map(
      ({ shows }) => `if (\n${shows}\n) >/dev/null 2>&1; then echo 'the fault is still visible' >&2; exit 43; fi`,
    ),
    `rm -f ${noteOf(fault, node)}`,
  ].join('\n')

/**
 * The script that runs all undo scripts of a node and prints the names of the faults. Several nodes may share one folder
 * (the reference cluster's do), so it takes only those of this node.
 */
export const mendScript = (node: string): string => `for note in /run/flatnet-undo-*-${node}.sh; do
  [ -e "$note" ] || continue
  (
    ${LOCK}
    # An empty script means that the prover was killed before it injected anything.
    if [ -s "$note" ]; then sh "$note" >/dev/null 2>&1 || :; else rm -f "$note"; fi
  ) 9<"$note"
  name=\${note#/run/flatnet-undo-}
  if [ -e "$note" ]; then echo "failed \${name%-${node}.sh}"; else echo "mended \${name%-${node}.sh}"; fi
done`

/** The programs that inject faults. */
const TOOLS = ['nft', 'ip', 'nsenter', 'flock', 'grep', 'sed']

/** The script that prints the programs which a node lacks. */
export const toolScript = `for name in ${TOOLS.join(' ')}; do command -v "$name" >/dev/null || printf '%s ' "$name"; done`
