// npm start: sets up what is missing, then tests a reference cluster, which is created for the run and deleted after it.
import { installPackages } from './packages.mjs'
import { runOwn, setUp } from './setup.mjs'

installPackages()
setUp()
// Ctrl-C in the terminal also reaches the run, which cleans up. This process only waits for it.
process.on('SIGINT', () => {})
process.on('SIGTERM', () => {})
process.exit(runOwn(['bin/flatnet.mjs', 'run', '--cluster', 'reference', ...process.argv.slice(2)]))
