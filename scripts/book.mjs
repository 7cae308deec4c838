// npm run book: writes the book into docs/book, for readers of the repository, with the reports in docs/reports. It reads the compiled sources.
import { fileURLToPath } from 'node:url'
import { docs } from '../dist/cli/commands/docs.js'

const folder = (name) => fileURLToPath(new URL(`../docs/${name}`, import.meta.url))
process.exitCode = await docs(folder('book'), { reports: folder('reports') })
