import type { Certificates } from './certificates.ts'

const base64 = (text: string) => Buffer.from(text).toString('base64')

/** The text of a kubeconfig for the administrator, with the certificates in it. */
export function kubeconfigText(server: string, { authority, admin }: Certificates, name = 'flatnet-reference'): string {
  return `apiVersion: v1
kind: Config
current-context: ${name}
clusters:
- name: ${name}
  cluster:
    server: ${server}
    certificate-authority-data: ${base64(authority)}
contexts:
- name: ${name}
  context: {cluster: ${name}, user: ${name}}
users:
- name: ${name}
  user:
    client-certificate-data: ${base64(admin.certificate)}
    client-key-data: ${base64(admin.key)}
`
}
