import 'reflect-metadata'
import type { webcrypto } from 'node:crypto'
import { isIP } from 'node:net'
import {
  BasicConstraintsExtension,
  ExtendedKeyUsage,
  ExtendedKeyUsageExtension,
  type JsonGeneralName,
  KeyUsageFlags,
  KeyUsagesExtension,
  SubjectAlternativeNameExtension,
  X509CertificateGenerator,
} from '@peculiar/x509'

/** A certificate and its private key, both PEM. */
export interface Identity {
  certificate: string
  key: string
}

/** The authority of one cluster, and the identities that it has signed. */
export interface Certificates {
  authority: string
  server: Identity
  admin: Identity
}

const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' }
const hour = 3_600_000

/** A new authority, the server's certificate for names and addresses, and the administrator's client certificate. */
export async function issueCertificates(addresses: readonly string[]): Promise<Certificates> {
  const [authorityKeys, serverKeys, adminKeys] = await Promise.all([newKeys(), newKeys(), newKeys()])
  const authority = await X509CertificateGenerator.createSelfSigned({
    ...validity(),
    name: 'CN=flatnet-reference',
    keys: authorityKeys,
    signingAlgorithm: algorithm,
    extensions: [
      new BasicConstraintsExtension(true, undefined, true),
      new KeyUsagesExtension(KeyUsageFlags.keyCertSign | KeyUsageFlags.digitalSignature, true),
    ],
  })
  const names = addresses.map((value): JsonGeneralName => ({ type: isIP(value) ? 'ip' : 'dns', value }))
  const issue = async (
    subject: string,
    keys: webcrypto.CryptoKeyPair,
    usage: ExtendedKeyUsage,
    sans?: JsonGeneralName[],
  ) => ({
    certificate: (
      await X509CertificateGenerator.create({
        ...validity(),
        subject,
        issuer: authority.subject,
        publicKey: keys.publicKey,
        signingKey: authorityKeys.privateKey,
        signingAlgorithm: algorithm,
        extensions: [
          new ExtendedKeyUsageExtension([usage]),
          ...(sans ? [new SubjectAlternativeNameExtension(sans)] : []),
        ],
      })
    ).toString('pem'),
    key: await privateKey(keys),
  })
  return {
    authority: authority.toString('pem'),
    server: await issue('CN=kube-apiserver', serverKeys, ExtendedKeyUsage.serverAuth, names),
    admin: await issue('O=system:masters,CN=kubernetes-admin', adminKeys, ExtendedKeyUsage.clientAuth),
  }
}

/** A certificate for no name, signed by itself. */
export async function issueSelfSigned(name: string): Promise<Identity> {
  const keys = await newKeys()
  const options = { ...validity(), name: `CN=${name}`, keys, signingAlgorithm: algorithm }
  const certificate = await X509CertificateGenerator.createSelfSigned(options)
  return { certificate: certificate.toString('pem'), key: await privateKey(keys) }
}

const newKeys = () => crypto.subtle.generateKey(algorithm, true, ['sign', 'verify'])

// Valid since an hour ago, for clients whose clock is behind.
const validity = () => ({ notBefore: new Date(Date.now() - hour), notAfter: new Date(Date.now() + 365 * 24 * hour) })

async function privateKey(keys: webcrypto.CryptoKeyPair): Promise<string> {
  const der = Buffer.from(await crypto.subtle.exportKey('pkcs8', keys.privateKey)).toString('base64')
  return `-----BEGIN PRIVATE KEY-----\n${der.replace(/.{64}/g, '$&\n')}\n-----END PRIVATE KEY-----\n`
}
