// npm start: sets up what is missing, then tests the embedded cluster, which is made for the run and gone after it.
import { installPackages } from './packages.mjs'
import { runOwn, setUp } from './setup.mjs'

installPackages()
setUp()
// Ctrl-C in the terminal reaches the run as well, which ends in order.
process.on('SIGINT', () => {})
process.on('SIGTERM', () => {})
process.exit(runOwn(['bin/flatnet.mjs', 'run', '--cluster', 'reference', ...process.argv.slice(2)]))
