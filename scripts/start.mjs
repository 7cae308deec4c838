// npm start: sets up what is missing, then tests a kind cluster that is made for the run and deleted after it.
import { runOwn, setUp } from './setup.mjs'

setUp()
// Ctrl-C in the terminal reaches the run as well, which ends in order.
process.on('SIGINT', () => {})
process.on('SIGTERM', () => {})
process.exit(runOwn(['dist/cli/main.js', 'run', '--cluster', 'kind', ...process.argv.slice(2)]))
