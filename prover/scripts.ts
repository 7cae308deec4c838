import type { NodeStep } from '../faults/fault.ts'

/** Where a node keeps how to undo what was put on it. */
export const noteOf = (fault: string, node: string): string => `/run/flatnet-undo-${fault}-${node}.sh`

/** Whoever puts in or takes out holds the note meanwhile: a prover that was killed may have left a script that still runs. */
const LOCK = 'flock -w 30 9 || :'

/** What undoes a fault on a node, the last step first; each may be out already. */
const undo = (steps: readonly Pick<NodeStep, 'out'>[]) => [...steps].reverse().map(({ out }) => `(\n${out}\n) || :`)

/** A step on a node; one without `in` is put in by other means, and only its undoing is noted. */
export type OnNode = Omit<NodeStep, 'in'> & { in?: string }

/** Writes the note, puts everything in, and ends with an error where it does not show. */
export const putScript = (fault: string, node: string, steps: readonly OnNode[]): string => {
  const ours = steps.filter((step): step is NodeStep => step.in !== undefined)
  return [
    `exec 9>>${noteOf(fault, node)}\n${LOCK}`,
    `cat > ${noteOf(fault, node)} <<'FLATNET-UNDO'\n${undo(steps).join('\n')}\nrm -f ${noteOf(fault, node)}\nFLATNET-UNDO`,
    ...ours.map((step) => `(\n${step.in}\n)`),
    ...ours.map(
      ({ shows }) => `if (\n${shows}\n) >/dev/null 2>&1; then :; else echo 'it does not show' >&2; exit 42; fi`,
    ),
  ].join('\n')
}

/** Takes everything out, and ends with an error, leaving the note, where something still shows. */
export const takeScript = (fault: string, node: string, steps: readonly OnNode[]): string =>
  [
    `if [ -e ${noteOf(fault, node)} ]; then\nexec 9<${noteOf(fault, node)}\n${LOCK}\nfi`,
    ...undo(steps),
    ...steps.map(({ shows }) => `if (\n${shows}\n) >/dev/null 2>&1; then echo 'it still shows' >&2; exit 43; fi`),
    `rm -f ${noteOf(fault, node)}`,
  ].join('\n')

/** Undoes whatever notes a node keeps, and no other node’s, which may be in the same place; says the names of the faults. */
export const mendScript = (node: string): string => `for note in /run/flatnet-undo-*-${node}.sh; do
  [ -e "$note" ] || continue
  (
    ${LOCK}
    # An empty one was killed before it put anything in.
    if [ -s "$note" ]; then sh "$note" >/dev/null 2>&1 || :; else rm -f "$note"; fi
  ) 9<"$note"
  name=\${note#/run/flatnet-undo-}
  if [ -e "$note" ]; then echo "failed \${name%-${node}.sh}"; else echo "mended \${name%-${node}.sh}"; fi
done`

/** What faults are put in with. */
const TOOLS = ['nft', 'ip', 'nsenter', 'flock', 'grep', 'sed']

/** Says what a node lacks of that. */
export const toolScript = `for name in ${TOOLS.join(' ')}; do command -v "$name" >/dev/null || printf '%s ' "$name"; done`
