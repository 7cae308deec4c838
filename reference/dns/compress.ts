// dns-packet does not compress names. An answer with many records has the name of the question in each of them, and
// other servers write it once (RFC 1035, 4.1.4).
const headerBytes = 12
/** Two bytes that stand for the name at the end of the header, which is the name of the question. */
const pointer = Buffer.from([0xc0, headerBytes])
/** Bytes of a record between its name and its data: type, class, TTL, and the length of the data. */
const fixedBytes = 10
/** Bytes of a question after its name: type and class. */
const questionBytes = 4

/** A message with one question, in which the records of that name point to it. */
export function compress(message: Buffer): Buffer {
  const asked = message.subarray(headerBytes, nameEnd(message, headerBytes))
  let at = headerBytes + asked.length + questionBytes
  const parts = [message.subarray(0, at)]
  while (at < message.length) {
    const fixed = nameEnd(message, at)
    const end = fixed + fixedBytes + message.readUInt16BE(fixed + fixedBytes - 2)
    const name = message.subarray(at, fixed)
    parts.push(name.equals(asked) ? pointer : name, message.subarray(fixed, end))
    at = end
  }
  return Buffer.concat(parts)
}

/** The offset after a name that is not compressed: labels, each after its length, and a length of zero. */
function nameEnd(message: Buffer, start: number): number {
  let at = start
  while (message.readUInt8(at) > 0) at += 1 + message.readUInt8(at)
  return at + 1
}
