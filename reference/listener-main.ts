import net from 'node:net'

// A program of its own: it opens listening sockets in the network namespace that it was started in, passes them out to
// the process that started it and goes. Were it to stay, it would take connections away.
const [host = '', port = ''] = process.argv.slice(2)
const server = net.createServer()
server.listen(Number(port), host, () => {
  process.send?.('listening', server)
})
process.on('message', () => process.exit())
process.on('disconnect', () => process.exit())
