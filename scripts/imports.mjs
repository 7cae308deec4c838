// The second part of npm run lint: checks every import against the table of rooms.
import { fileURLToPath } from 'node:url'
import { wrongImportsIn } from './rooms.mjs'

const wrong = wrongImportsIn(fileURLToPath(new URL('..', import.meta.url)))
for (const sentence of wrong) console.error(sentence)
process.exitCode = wrong.length > 0 ? 1 : 0
