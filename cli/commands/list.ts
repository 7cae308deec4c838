import { readSpecification } from '../../suite/features.ts'

/** `flatnet list`: prints every row of the specification, one line each. */
export function list({ json }: { json?: boolean }): number {
  const { rows } = readSpecification()
  if (json) {
    process.stdout.write(`${JSON.stringify(rows, null, 2)}\n`)
    return 0
  }
  let chapter = ''
  for (const row of rows) {
    if (row.chapter !== chapter) process.stdout.write(`${chapter ? '\n' : ''}${row.chapter}\n`)
    chapter = row.chapter
    process.stdout.write(`  ${row.id}  ${row.level === 'core' ? 'core' : 'ext '}  ${row.name}\n`)
  }
  return 0
}
