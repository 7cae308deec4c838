// npm run book: writes the book into docs/book, for readers of the repository. It reads the compiled sources.
import { fileURLToPath } from 'node:url'
import { docs } from '../dist/cli/commands/docs.js'

process.exitCode = await docs(fileURLToPath(new URL('../docs/book', import.meta.url)), {})
