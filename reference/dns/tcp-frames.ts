// Over TCP, two bytes with its length precede each DNS message (RFC 1035, 4.2.2). dns-packet's streamDecode reads one
// message that has arrived as a whole, and not where it ends; a stream needs that.

/** Reads a TCP stream: takes what has arrived, and gives the messages that are complete now. */
export function messageReader(): (chunk: Buffer) => Buffer[] {
  let received = Buffer.alloc(0)
  return (chunk) => {
    received = Buffer.concat([received, chunk])
    const messages: Buffer[] = []
    while (received.length >= 2 && received.length >= 2 + received.readUInt16BE()) {
      const end = 2 + received.readUInt16BE()
      messages.push(received.subarray(2, end))
      received = received.subarray(end)
    }
    return messages
  }
}

/** A message with its length before it. */
export function withLength(message: Buffer): Buffer {
  const length = Buffer.alloc(2)
  length.writeUInt16BE(message.length)
  return Buffer.concat([length, message])
}
