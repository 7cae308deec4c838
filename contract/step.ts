import { z } from 'zod'

/** A step of a row, or a hook. An And or a But is of the kind of the step before it. */
export const Step = z.strictObject({ in: z.enum(['Given', 'When', 'Then', 'hook']), step: z.string() })
export type Step = z.infer<typeof Step>

const KINDS: Readonly<Record<string, Step['in']>> = { Context: 'Given', Action: 'When', Outcome: 'Then' }

/** The step with this text. Cucumber's type of a step is its kind. Without a step it is a hook, with the hook's name. */
export function stepOf(step: { type?: string | undefined; text: string } | undefined, hook = ''): Step {
  const kind = KINDS[step?.type ?? '']
  return step && kind ? { in: kind, step: `${kind} ${step.text}` } : { in: 'hook', step: step?.text ?? hook }
}
